"""Keys in words for pages: kinds, states with their colour, rights."""

from datetime import datetime

from models import ApiKey, ApiKeyKind
from surveys.api_keys.lifetimes import KeyState, state_of
from surveys.api_keys.scopes import Scope
from surveys.api_keys.words import KEY_KINDS, KEY_STATES, SCOPE_WORDS
from surveys.errors import N_
from surveys.web.words import gettext

BADGES = {
    KeyState.LIVE: "good",
    KeyState.EXPIRING: "warn",
    KeyState.EXPIRED: "",
    KeyState.REVOKED: "",
}
KIND_CHOICES = {
    ApiKeyKind.BEARER: N_("API key: the other system asks us for surveys and rates"),
    ApiKeyKind.HOOK: N_("Hook secret: the other system signs with it what it sends to our hook"),
}


def kind_word(key: ApiKey) -> str:
    """Return what sort of key it is."""
    return gettext(KEY_KINDS[key.kind])


def state_badge(key: ApiKey, *, now: datetime) -> tuple[str, str]:
    """Return the state of a key in words, and the colour of its badge."""
    state = state_of(key, now=now)
    return gettext(KEY_STATES[state]), BADGES[state]


def scope_words(scope: str) -> str:
    """Return the English sentence of a right; of one that is no more, its name."""
    return SCOPE_WORDS[Scope(scope)] if scope in set(Scope) else scope


def kind_options() -> list[tuple[str, str]]:
    """Return the kinds with what each is for."""
    return [(kind.value, gettext(words)) for kind, words in KIND_CHOICES.items()]


def scope_options() -> list[tuple[str, str]]:
    """Return the rights with what each lets the other system do."""
    return [(scope.value, gettext(words)) for scope, words in SCOPE_WORDS.items()]
