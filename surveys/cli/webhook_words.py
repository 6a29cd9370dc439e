"""Receivers and deliveries in words for the terminal, and as plain data for scripts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from models import DeliveryState, EndpointStatus, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from surveys.cli.output import Result, say
from surveys.errors import N_
from surveys.extensions import toolbox
from surveys.i18n import format_instant
from surveys.webhooks.wire_ids import Prefix, write_id
from surveys.webhooks.words import ERROR_WORDS

STATES: Final[Mapping[str, str]] = {
    EndpointStatus.PENDING: N_("waits for verification"),
    EndpointStatus.ACTIVE: N_("active"),
    EndpointStatus.PAUSED: N_("paused"),
    EndpointStatus.DISABLED: N_("switched off"),
}


def to_result(endpoint: WebhookEndpoint) -> Result:
    """Return everything but the secret."""
    return {
        "id": write_id(Prefix.ENDPOINT, endpoint.public_id),
        "name": endpoint.name,
        "url": endpoint.url,
        "event_types": list(endpoint.event_types),
        "payload": endpoint.payload,
        "status": endpoint.status,
        "owner_email": endpoint.owner_email,
        "failing_since": endpoint.failing_since,
        "disabled_reason": endpoint.disabled_reason,
        "last_success_at": endpoint.last_success_at,
        "demo": endpoint.is_demo,
    }


def delivery_result(delivery: WebhookDelivery, attempts: Sequence[WebhookAttempt]) -> Result:
    """Return a delivery with what its last attempt met."""
    last = attempts[-1] if attempts else None
    return {
        "id": write_id(Prefix.DELIVERY, delivery.public_id),
        "event": write_id(Prefix.EVENT, delivery.event.public_id),
        "type": delivery.type,
        "status": delivery.status,
        "attempts": len(attempts),
        "http_status": last.http_status if last else None,
        "error": last.error if last else None,
    }


def tell_endpoints(endpoints: Sequence[WebhookEndpoint]) -> Iterator[str]:
    """Yield some lines for each receiver."""
    if not endpoints:
        yield say(N_("No system is told yet. Add one: flask webhook add URL --owner E-MAIL"))
    for endpoint in endpoints:
        name = write_id(Prefix.ENDPOINT, endpoint.public_id)
        yield f"{name}  {endpoint.name} ({say(STATES[endpoint.status])})"
        yield f"          {endpoint.url}"
        yield f"          {', '.join(endpoint.event_types)}"
        if endpoint.failing_since is not None:
            since = _instant(endpoint, "failing_since")
            yield f"          {say(N_('Nothing has arrived since %(instant)s.'), instant=since)}"
        elif endpoint.last_success_at is not None:
            last = _instant(endpoint, "last_success_at")
            line = say(N_("The last message arrived on %(instant)s."), instant=last)
            yield f"          {line}"


def tell_new(endpoint: WebhookEndpoint, secret: str) -> Iterator[str]:
    """Yield what was added and what comes next, and as the last line the secret."""
    yield from tell_endpoints([endpoint])
    name = write_id(Prefix.ENDPOINT, endpoint.public_id)
    yield say(
        N_("Keep the secret at the receiver first, then send the challenge: %(command)s"),
        command=f"flask webhook verify {name}",
    )
    yield say(N_("The secret is shown only this once:"))
    yield secret


def tell_secret(secret: str, hours: int) -> Iterator[str]:
    """Yield what the new secret means for the old one, and as the last line the secret."""
    yield say(N_("The old secret signs for %(hours)s more hours as well."), hours=hours)
    yield say(N_("The secret is shown only this once:"))
    yield secret


def tell_delivery(delivery: WebhookDelivery, attempts: Sequence[WebhookAttempt]) -> Iterator[str]:
    """Yield what became of a delivery, and what to do when it did not arrive."""
    last = attempts[-1] if attempts else None
    if last is None:
        yield say(N_("It is on its way; flask scheduler brings it within seconds."))
        return
    if last.error is None:
        yield say(N_("Taken, with the answer %(status)s."), status=last.http_status)
        return
    words = say(ERROR_WORDS.get(last.error, last.error))
    yield f"{words} ({last.http_status})" if last.http_status else words
    if delivery.status == DeliveryState.PENDING:
        settings = toolbox().settings
        at = format_instant(delivery.next_at, settings.default_language, settings.zone)
        yield say(N_("Next try: %(instant)s"), instant=at)


def _instant(endpoint: WebhookEndpoint, name: str) -> str:
    settings = toolbox().settings
    return format_instant(getattr(endpoint, name), settings.default_language, settings.zone)
