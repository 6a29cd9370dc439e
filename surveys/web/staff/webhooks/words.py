"""States, kinds of events, and what went wrong, in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from models import DeliveryState, EndpointStatus, PayloadKind, WebhookEndpoint
from surveys.errors import N_
from surveys.extensions import toolbox
from surveys.i18n import format_instant
from surveys.web.words import current_language, gettext
from surveys.webhooks.types import EventType
from surveys.webhooks.words import ERROR_WORDS

TYPE_WORDS: Final[Mapping[str, str]] = {
    EventType.RESPONSE_RATE_UPDATED: N_("A response rate has changed"),
    EventType.INDICATOR_UPDATED: N_("An indicator has changed"),
    EventType.INDICATOR_TARGET_MET: N_("An indicator has reached its target"),
    EventType.SURVEY_OPENED: N_("A survey has opened"),
    EventType.SURVEY_CLOSED: N_("A survey has closed"),
    EventType.ENDPOINT_VERIFICATION: N_("Verification"),
    EventType.ENDPOINT_TEST: N_("Test"),
}
PAYLOAD_WORDS: Final[Mapping[str, str]] = {
    PayloadKind.TOTALS: N_(
        "With totals: the message carries how many answered, of how many, and the rate."
    ),
    PayloadKind.THIN: N_(
        "Without figures: the message only says what has changed. The system then fetches the"
        " figures with its own key."
    ),
}
DELIVERY_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    DeliveryState.PENDING: (N_("waiting"), ""),
    DeliveryState.SENDING: (N_("being sent"), ""),
    DeliveryState.SUCCEEDED: (N_("arrived"), "good"),
    DeliveryState.FAILED: (N_("failed"), "bad"),
    DeliveryState.SUPERSEDED: (N_("replaced by a newer one"), ""),
    DeliveryState.CANCELLED: (N_("cancelled"), ""),
}
ALL_FAILED: Final = N_("Nothing arrived for five days.")


@dataclass(frozen=True)
class State:
    """How a receiver fares: one word, its colour, a sentence, and what to do now."""

    word: str
    colour: str
    sentence: str
    advice: str | None = None


def tell_state(endpoint: WebhookEndpoint) -> State:
    """Return the state of a receiver in the page's language."""
    match endpoint.status:
        case EndpointStatus.PENDING:
            return _pending()
        case EndpointStatus.PAUSED:
            return _paused()
        case EndpointStatus.DISABLED:
            return _disabled(endpoint)
        case _:
            return _failing(endpoint) if endpoint.failing_since else _active(endpoint)


def _pending() -> State:
    return State(
        gettext("waits for verification"),
        "warn",
        gettext("It has not agreed to this address yet, so it is told nothing."),
        gettext(
            "Keep the secret at the receiver, then press Verify. We send it a random text that it"
            " has to answer with."
        ),
    )


def _paused() -> State:
    return State(
        gettext("paused"),
        "warn",
        gettext("Nothing is sent until somebody lets it go on."),
        gettext("Press Go on when the receiver is ready again."),
    )


def _disabled(endpoint: WebhookEndpoint) -> State:
    reason = ERROR_WORDS.get(endpoint.disabled_reason or "", ALL_FAILED)
    since = _say(endpoint.updated_at)
    return State(
        gettext("switched off"),
        "bad",
        gettext("Switched off on %(instant)s. %(reason)s", instant=since, reason=gettext(reason)),
        gettext(
            "Mend the receiver, then press Verify again. Afterwards send again what failed in the"
            " meantime."
        ),
    )


def _failing(endpoint: WebhookEndpoint) -> State:
    assert endpoint.failing_since is not None  # noqa: S101 - for the type checker: asked before
    return State(
        gettext("failing"),
        "bad",
        gettext("Nothing has arrived since %(instant)s.", instant=_say(endpoint.failing_since)),
        gettext(
            "Look below at what the receiver answers. We keep trying; after five days without a"
            " success it is switched off."
        ),
    )


def _active(endpoint: WebhookEndpoint) -> State:
    if endpoint.last_success_at is None:
        sentence = gettext("It has agreed and is told what happens from now on.")
    else:
        sentence = gettext(
            "The last message arrived on %(instant)s.", instant=_say(endpoint.last_success_at)
        )
    return State(gettext("active"), "good", sentence)


def _say(instant: datetime) -> str:
    return format_instant(instant, current_language(), toolbox().settings.zone)
