"""Kinds, states and rights of keys in words, for pages, commands and the audit trail."""

from collections.abc import Mapping

from models import ApiKeyKind
from surveys.api_keys.lifetimes import KeyState
from surveys.api_keys.scopes import Scope
from surveys.errors import N_

KEY_KINDS: Mapping[str, str] = {
    ApiKeyKind.BEARER: N_("API key"),
    ApiKeyKind.HOOK: N_("Hook secret"),
}
KEY_STATES: Mapping[KeyState, str] = {
    KeyState.LIVE: N_("valid"),
    KeyState.EXPIRING: N_("ends soon"),
    KeyState.EXPIRED: N_("expired"),
    KeyState.REVOKED: N_("revoked"),
}
SCOPE_WORDS: Mapping[Scope, str] = {
    Scope.SURVEYS_READ: N_("Read the list of surveys"),
    Scope.RATES_READ: N_("Read response rates and indicators"),
    Scope.EVENTS_READ: N_("Read what has happened (events)"),
    Scope.WEBHOOKS_MANAGE: N_("Set up webhooks and see their deliveries"),
    Scope.ALUMNI_WRITE: N_("Add and change graduates"),
    Scope.ALUMNI_ERASE: N_("Erase graduates for good"),
    Scope.SUPPRESSIONS_READ: N_("Read who wants no more e-mails"),
}
