"""What was sent, as a person may see it: headers with the signature masked, the body, a curl."""

import shlex
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from models import WebhookDelivery
from surveys.webhooks.bodies import build_body
from surveys.webhooks.wire_ids import Prefix, write_id

MASK: Final = "v1,••••••••"
NOW: Final = "$(date +%s)"


@dataclass(frozen=True)
class Request:
    """One message: `headers` in their order, the body's text, and a command that posts the same.

    The command carries no signature, since a secret is never shown again: a receiver that checks
    signatures answers it with a refusal, which is a test, too.
    """

    headers: list[tuple[str, str]]
    body: str
    curl: str


def show_request(delivery: WebhookDelivery, *, tried_at: datetime | None) -> Request:
    """Return what went to the receiver at its last try, or will at its first (None)."""
    endpoint, event = delivery.endpoint, delivery.event
    body = build_body(event, payload=endpoint.payload, api_version=endpoint.api_version).decode()
    event_id = write_id(Prefix.EVENT, event.public_id)
    headers = [
        ("content-type", "application/json"),
        ("webhook-id", event_id),
        ("webhook-timestamp", str(int(tried_at.timestamp())) if tried_at else "…"),
        ("webhook-signature", MASK),
    ]
    return Request(headers=headers, body=body, curl=_write_curl(endpoint.url, event_id, body))


def _write_curl(url: str, event_id: str, body: str) -> str:
    lines = [
        f"curl {shlex.quote(url)}",
        "-H 'content-type: application/json'",
        f"-H 'webhook-id: {event_id}'",
        f'-H "webhook-timestamp: {NOW}"',
        f"-d {shlex.quote(body)}",
    ]
    return " \\\n  ".join(lines)
