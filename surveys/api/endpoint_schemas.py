"""What a receiver of events looks like on the wire, going in and coming out."""

from typing import Any

from marshmallow import fields

from models import EndpointStatus, PayloadKind, WebhookEndpoint
from surveys.api.fields import Instant, Integer, List, OneOf, SafeString, Schema
from surveys.api.times import write_instant
from surveys.reporting.wire import Document
from surveys.webhooks.endpoint_secrets import LONGEST_OVERLAP, USUAL_OVERLAP
from surveys.webhooks.endpoints import LONGEST_NAME
from surveys.webhooks.targets import LONGEST_URL
from surveys.webhooks.types import SUBSCRIBABLE
from surveys.webhooks.wire_ids import Prefix, write_id

LONGEST_ADDRESS = 254
HOUR_S = 3_600
STATES = [EndpointStatus.ACTIVE.value, EndpointStatus.PAUSED.value]
NEW_EXAMPLE = {
    "name": "Mezun Bilgi Sistemi",
    "url": "https://mezun.example.edu.tr/hooks/donut",
    "event_types": ["response_rate.updated", "indicator.updated"],
    "payload": "totals",
    "owner_email": "bim@example.edu.tr",
}
EXAMPLE = {
    "id": "whe_2il5jwwmoi7jm",
    "object": "webhook_endpoint",
    **NEW_EXAMPLE,
    "status": "active",
    "api_version": "2025-11-01",
    "failing_since": None,
    "disabled_reason": None,
    "last_success_on": "2026-11-22",
}
SECRET_EXAMPLE = {
    **EXAMPLE,
    "status": "pending",
    "last_success_on": None,
    "secret": "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
}


def _name(**options: Any) -> SafeString:
    return SafeString(min_length=1, max_length=LONGEST_NAME, **options)


def _url(**options: Any) -> SafeString:
    described = {"description": "Where events are posted: https, a public address by its name."}
    return SafeString(min_length=1, max_length=LONGEST_URL, metadata=described, **options)


def _event_types(**options: Any) -> List:
    return List(OneOf(SUBSCRIBABLE), fewest=1, most=len(SUBSCRIBABLE), **options)


def _payload(**options: Any) -> OneOf:
    described = {"description": "`thin` leaves the figures out: they are read with a GET."}
    return OneOf(PayloadKind, metadata=described, **options)


def _owner(**options: Any) -> SafeString:
    described = {"description": "Who is told by e-mail when nothing arrives any more."}
    return SafeString(min_length=3, max_length=LONGEST_ADDRESS, metadata=described, **options)


class NewEndpointSchema(Schema):
    """A receiver to be made."""

    name = _name(required=True)
    url = _url(required=True)
    event_types = _event_types(required=True)
    payload = _payload(load_default=PayloadKind.TOTALS)
    owner_email = _owner(required=True)


class EndpointChangeSchema(Schema):
    """What is to be different; what isn't named stays as it is."""

    name = _name()
    url = _url()
    event_types = _event_types()
    payload = _payload()
    owner_email = _owner()
    status = OneOf(
        STATES,
        metadata={"description": "`paused` holds events back; `active` lets them go on."},
    )


class RotationSchema(Schema):
    """For how long the secret of before signs beside the new one."""

    overlap_hours = Integer(
        lowest=0,
        highest=int(LONGEST_OVERLAP.total_seconds()) // HOUR_S,
        load_default=int(USUAL_OVERLAP.total_seconds()) // HOUR_S,
    )


class RecoverySchema(Schema):
    """From when on failed deliveries are sent again."""

    since = Instant(required=True)


class EndpointSchema(Schema):
    """A receiver; its secret is never among it."""

    id = fields.String(required=True)
    object = fields.Constant("webhook_endpoint", required=True)
    name = fields.String(required=True)
    url = fields.String(required=True)
    event_types = fields.List(fields.String(metadata={"enum": [*SUBSCRIBABLE]}), required=True)
    payload = fields.String(required=True, metadata={"enum": [*PayloadKind]})
    status = fields.String(required=True, metadata={"enum": [*EndpointStatus]})
    api_version = fields.String(required=True)
    owner_email = fields.String(required=True)
    failing_since = fields.AwareDateTime(required=True, allow_none=True)
    disabled_reason = fields.String(
        required=True, allow_none=True, metadata={"enum": ["gone", "failing", None]}
    )
    last_success_on = fields.Date(required=True, allow_none=True)


class EndpointWithSecretSchema(EndpointSchema):
    """A receiver with its new secret, which is told this once."""

    secret = fields.String(required=True)


class EndpointPageSchema(Schema):
    """A page of receivers, the oldest first."""

    data = fields.List(fields.Nested(EndpointSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class RecoveredSchema(Schema):
    """How many deliveries are sent again."""

    recovered = fields.Integer(required=True)


def endpoint_document(endpoint: WebhookEndpoint) -> Document:
    """Return a receiver as it is told."""
    since, last = endpoint.failing_since, endpoint.last_success_at
    return {
        "id": write_id(Prefix.ENDPOINT, endpoint.public_id),
        "object": "webhook_endpoint",
        "name": endpoint.name,
        "url": endpoint.url,
        "event_types": list(endpoint.event_types),
        "payload": endpoint.payload,
        "status": endpoint.status,
        "api_version": endpoint.api_version,
        "owner_email": endpoint.owner_email,
        "failing_since": None if since is None else write_instant(since),
        "disabled_reason": endpoint.disabled_reason,
        "last_success_on": None if last is None else last.date().isoformat(),
    }
