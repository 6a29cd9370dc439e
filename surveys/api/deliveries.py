"""The log of what went to receivers: each delivery with its attempts, and sending one again."""

from collections.abc import Sequence
from typing import Any

from flask import Response
from marshmallow import fields

from models import DeliveryState, WebhookAttempt, WebhookDelivery
from surveys.api.access import needs
from surveys.api.answers import json_answer
from surveys.api.blueprints import Blueprint, path_parameter
from surveys.api.fields import OneOf, Schema
from surveys.api.idempotency import idempotent, keep_answer
from surveys.api.managing import managing_caller, note_change
from surveys.api.paging import PageQuery, decode_cursor, page
from surveys.api.queries import EmptyBody, NoParameters
from surveys.api.times import write_instant
from surveys.api.webhook_endpoints import ENDPOINT_ID, PATH, find_endpoint
from surveys.api_keys.scopes import Scope
from surveys.extensions import reader, toolbox, transaction
from surveys.reporting.wire import Document
from surveys.webhooks.deliveries import (
    Wanted,
    get_delivery,
    list_attempts,
    list_deliveries,
    replay_delivery,
)
from surveys.webhooks.types import EventType
from surveys.webhooks.wire_ids import Prefix, read_id, write_id

blueprint = Blueprint(
    "webhook-deliveries", description="What went to receivers, and whether it arrived"
)

DELIVERY_ID = path_parameter(
    "delivery_id",
    description="The id of a delivery.",
    example="whd_aerukz4jvpg66",
    pattern="^whd_[a-z2-7]{13}$",
)
EXAMPLE = {
    "id": "whd_aerukz4jvpg66",
    "object": "webhook_delivery",
    "endpoint": "whe_2il5jwwmoi7jm",
    "event": "evt_oygzomn4ne6oid3kd5aiy4j3oa",
    "type": "response_rate.updated",
    "status": "pending",
    "next_at": "2026-11-22T14:05:09Z",
    "attempts": [
        {
            "n": 1,
            "at": "2026-11-22T14:00:04Z",
            "duration_ms": 5003,
            "http_status": None,
            "error": "connect_timeout",
            "response_bytes": 0,
        }
    ],
}


class DeliveryQuery(PageQuery):
    """Which deliveries; without `status` all of them."""

    status = OneOf(DeliveryState, load_default=None)


class AttemptSchema(Schema):
    """One try; `error` is null when it succeeded."""

    n = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    duration_ms = fields.Integer(required=True)
    http_status = fields.Integer(required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)
    response_bytes = fields.Integer(required=True)


class DeliverySchema(Schema):
    """One event on its way to one receiver; `next_at` while it waits."""

    id = fields.String(required=True)
    object = fields.Constant("webhook_delivery", required=True)
    endpoint = fields.String(required=True)
    event = fields.String(required=True)
    type = fields.String(required=True, metadata={"enum": [*EventType]})
    status = fields.String(required=True, metadata={"enum": [*DeliveryState]})
    next_at = fields.AwareDateTime(required=True, allow_none=True)
    attempts = fields.List(fields.Nested(AttemptSchema), required=True)


class DeliveryPageSchema(Schema):
    """A page of deliveries, the newest first."""

    data = fields.List(fields.Nested(DeliverySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


@blueprint.route(f"{PATH}/deliveries", parameters=[ENDPOINT_ID])
@needs(Scope.WEBHOOKS_MANAGE)
@blueprint.arguments(DeliveryQuery, location="query")
@blueprint.response(200, DeliveryPageSchema, example={"data": [EXAMPLE], "next_cursor": None})
def list_webhook_deliveries(query: dict[str, Any], endpoint_id: str) -> Response:
    """List what went to a receiver, the newest first.

    What succeeded is kept for 30 days, the rest for 90.
    """
    session, status, cursor, limit = reader(), query["status"], query["cursor"], query["limit"]
    endpoint = find_endpoint(session, endpoint_id)
    filters = {"list": endpoint_id, "key": managing_caller().public_id, "status": status}
    rows = list_deliveries(
        session,
        wanted=Wanted(endpoint_id=endpoint.id, statuses=(status,) if status else ()),
        limit=limit + 1,
        before_id=decode_cursor(toolbox().keys, cursor, filters)[0] if cursor else None,
    )
    found = page(rows, limit=limit, place=lambda row: [row.id], filters=filters)
    attempts = list_attempts(session, delivery_ids=[row.id for row in found.rows])
    data = [delivery_document(row, attempts=attempts[row.id]) for row in found.rows]
    return json_answer({"data": data, "next_cursor": found.next_cursor}, headers=found.links())


@blueprint.route("/deliveries/<string:delivery_id>", parameters=[DELIVERY_ID])
@needs(Scope.WEBHOOKS_MANAGE)
@blueprint.arguments(NoParameters, location="query")
@blueprint.response(200, DeliverySchema, example=EXAMPLE)
def show_delivery(_query: dict[str, Any], delivery_id: str) -> Response:
    """Show one delivery, for whoever waits for the end of a test or a verification."""
    session = reader()
    delivery = get_delivery(
        session,
        public_id=read_id(Prefix.DELIVERY, delivery_id),
        is_demo=managing_caller().is_demo,
    )
    attempts = list_attempts(session, delivery_ids=[delivery.id])
    return json_answer(delivery_document(delivery, attempts=attempts[delivery.id]))


@blueprint.route(
    "/deliveries/<string:delivery_id>/replay", methods=["POST"], parameters=[DELIVERY_ID]
)
@needs(Scope.WEBHOOKS_MANAGE)
@idempotent
@blueprint.arguments(EmptyBody, example={})
@blueprint.response(202, DeliverySchema, example={**EXAMPLE, "attempts": []})
@blueprint.refuses(409)
def replay_webhook_delivery(_body: dict[str, Any], delivery_id: str) -> Response:
    """Send a delivery again, with its old event's id.

    Where newer words supersede it, that is the newest delivery, which is told.
    """
    caller, now = managing_caller(), toolbox().clock.now()
    with transaction() as session:
        asked = get_delivery(
            session, public_id=read_id(Prefix.DELIVERY, delivery_id), is_demo=caller.is_demo
        )
        delivery = replay_delivery(session, delivery=asked, now=now)
        note_change(session, delivery.endpoint, "webhook.replay", now=now)
        attempts = list_attempts(session, delivery_ids=[delivery.id])
        document = delivery_document(delivery, attempts=attempts[delivery.id])
        return keep_answer(session, json_answer(document, 202))


def delivery_document(delivery: WebhookDelivery, *, attempts: Sequence[WebhookAttempt]) -> Document:
    """Return a delivery as it is told."""
    is_waiting = delivery.status == DeliveryState.PENDING
    return {
        "id": write_id(Prefix.DELIVERY, delivery.public_id),
        "object": "webhook_delivery",
        "endpoint": write_id(Prefix.ENDPOINT, delivery.endpoint.public_id),
        "event": write_id(Prefix.EVENT, delivery.event.public_id),
        "type": delivery.type,
        "status": delivery.status,
        "next_at": write_instant(delivery.next_at) if is_waiting else None,
        "attempts": [
            {
                "n": attempt.number,
                "at": write_instant(attempt.at),
                "duration_ms": attempt.duration_ms,
                "http_status": attempt.http_status,
                "error": attempt.error,
                "response_bytes": attempt.response_bytes,
            }
            for attempt in attempts
        ],
    }
