"""The body of an event as one receiver gets it: the same bytes at every attempt."""

import json
from datetime import UTC, datetime

from models import Document, PayloadKind, WebhookEvent
from surveys.webhooks.types import EVENT_TYPES, EventType


def build_body(event: WebhookEvent, *, payload: str, api_version: str) -> bytes:
    """Return the JSON that is signed and posted, below 1 kB, in UTF-8.

    `payload`: with the totals, or thin without them.
    """
    body = describe(event, payload=payload, api_version=api_version)
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def describe(event: WebhookEvent, *, payload: str, api_version: str) -> Document:
    """Return type, timestamp, version and data of an event, for its body and for the feed."""
    return {
        "type": event.type,
        "timestamp": write_instant(event.occurred_at),
        "api_version": api_version,
        "data": _without_totals(event) if payload == PayloadKind.THIN else event.data,
    }


def write_instant(instant: datetime) -> str:
    """Return an instant by RFC 3339 in UTC, to the second: `2025-11-22T14:00:03Z`."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _without_totals(event: WebhookEvent) -> Document:
    totals = EVENT_TYPES[EventType(event.type)].totals
    return {name: value for name, value in event.data.items() if name not in totals}
