"""The feed of events, for those who can't be reached or want to know what they missed."""

from typing import Any

from flask import Response
from marshmallow import fields

from models import PayloadKind, WebhookEvent
from surveys.api.access import needs
from surveys.api.answers import json_answer
from surveys.api.blueprints import Blueprint
from surveys.api.callers import presented_key
from surveys.api.fields import OneOf, QueryInteger, QueryList, Schema
from surveys.api.paging import LARGEST_PAGE, USUAL_PAGE
from surveys.api.queries import NoParameters
from surveys.api.words import say
from surveys.api_keys.scopes import Scope
from surveys.extensions import reader
from surveys.reporting.wire import Document
from surveys.webhooks.bodies import describe
from surveys.webhooks.feed import Visible, list_feed
from surveys.webhooks.types import (
    API_VERSION,
    EVENT_TYPES,
    SUBSCRIBABLE,
    EventType,
    make_example,
    make_schema,
)
from surveys.webhooks.wire_ids import Prefix, write_id

blueprint = Blueprint("events", description="What happened, in order, for 90 days")

LARGEST_PLACE = 2**53 - 1
EXAMPLE = {
    "id": "evt_oygzomn4ne6oid3kd5aiy4j3oa",
    "object": "event",
    "seq": 1042,
    **make_example(EventType.RESPONSE_RATE_UPDATED),
}


class FeedQuery(Schema):
    """Where to go on, and which events."""

    after = QueryInteger(
        highest=LARGEST_PLACE,
        load_default=None,
        metadata={
            "description": "The `seq` of the last event that you have; without it from the oldest."
        },
    )
    types = QueryList(
        OneOf(SUBSCRIBABLE),
        fewest=1,
        most=len(SUBSCRIBABLE),
        load_default=None,
        metadata={"description": "Only these, with commas between them."},
    )
    limit = QueryInteger(lowest=1, highest=LARGEST_PAGE, load_default=USUAL_PAGE)


class EventSchema(Schema):
    """One event as receivers get it, with its place in the feed."""

    id = fields.String(required=True)
    object = fields.Constant("event", required=True)
    seq = fields.Integer(required=True)
    type = fields.String(required=True, metadata={"enum": [*SUBSCRIBABLE]})
    timestamp = fields.AwareDateTime(required=True)
    api_version = fields.String(required=True)
    data = fields.Dict(required=True, metadata={"description": "As `/event-types` tells."})


class FeedSchema(Schema):
    """Events in the order of `seq`; `next_after` is what to ask with next, if there are more."""

    data = fields.List(fields.Nested(EventSchema), required=True)
    next_after = fields.Integer(required=True, allow_none=True)


class EventTypeSchema(Schema):
    """One type of event: what it means, its body as JSON Schema, an example."""

    type = fields.String(required=True)
    description = fields.String(required=True)
    schema = fields.Dict(required=True)
    example = fields.Dict(required=True)


class EventTypesSchema(Schema):
    """All types of events."""

    data = fields.List(fields.Nested(EventTypeSchema), required=True)


def _describe_type(kind: EventType, description: str) -> Document:
    return {
        "type": kind.value,
        "description": description,
        "schema": make_schema(kind),
        "example": make_example(kind),
    }


TYPE_EXAMPLE = _describe_type(
    EventType.RESPONSE_RATE_UPDATED, EVENT_TYPES[EventType.RESPONSE_RATE_UPDATED].meaning
)


@blueprint.route("/events")
@needs(Scope.EVENTS_READ)
@blueprint.arguments(FeedQuery, location="query")
@blueprint.response(200, FeedSchema, example={"data": [EXAMPLE], "next_after": None})
@blueprint.refuses(410)
def list_events(query: dict[str, Any]) -> Response:
    """List events in the order in which they were committed.

    Keep the last `seq` and go on behind it. After 90 days they go: `410 cursor_expired` says to
    read `/response-rates` again and to begin without `after`.
    """
    caller, limit = presented_key(), query["limit"]
    found = list_feed(
        reader(),
        after=query["after"],
        types=query["types"],
        limit=limit + 1,
        visible=Visible(is_demo=caller.is_demo, indicator_code=caller.indicator_code),
    )
    shown = found[:limit]
    next_after = shown[-1].seq if len(found) > limit else None
    return json_answer({"data": [_event(event) for event in shown], "next_after": next_after})


@blueprint.route("/event-types")
@needs(Scope.EVENTS_READ)
@blueprint.arguments(NoParameters, location="query")
@blueprint.response(200, EventTypesSchema, example={"data": [TYPE_EXAMPLE]})
def list_event_types(_query: dict[str, Any]) -> Response:
    """List the types of events, each with its JSON Schema and an example."""
    data = [_describe_type(kind, say(EVENT_TYPES[kind].meaning)) for kind in EventType]
    return json_answer({"data": data})


def _event(event: WebhookEvent) -> Document:
    return {
        "id": write_id(Prefix.EVENT, event.public_id),
        "object": "event",
        "seq": event.seq,
        **describe(event, payload=PayloadKind.TOTALS, api_version=API_VERSION),
    }
