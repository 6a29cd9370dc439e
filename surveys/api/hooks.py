"""The hook in: a tool that can only call webhooks asks for response rates by a signed message."""

from typing import Any

from flask import Response
from marshmallow import fields
from sqlalchemy.orm import Session

from models import WebhookDelivery
from surveys.api.answers import json_answer
from surveys.api.blueprints import Blueprint
from surveys.api.callers import Caller, presented_key, sight_of
from surveys.api.fields import Instant, Integer, List, Nested, OneOf, SafeString, Schema
from surveys.api.rate_documents import rate_of
from surveys.api.rate_schemas import EXAMPLE, ResponseRatePageSchema
from surveys.api.signed_access import signed_api
from surveys.api.surveys import LONGEST_CODE
from surveys.extensions import snapshot, toolbox, transaction
from surveys.rates.groups import FIELDS
from surveys.reporting.listing import Listed, Wanted, find_listed, list_newest
from surveys.reporting.survey_news import make_rate_happening
from surveys.tokens import new_id
from surveys.webhooks.endpoint_states import require_active
from surveys.webhooks.endpoints import get_endpoint
from surveys.webhooks.events import send_to
from surveys.webhooks.wire_ids import Prefix, read_id, write_id

blueprint = Blueprint("hooks", description="Signed messages to us, for tools that hold no key")

TYPE = "response_rates.requested"
MOST_SURVEYS = 50
MOST_RATES = 200
REQUEST = {
    "type": TYPE,
    "timestamp": "2026-11-22T14:00:00Z",
    "data": {
        "indicator": "PG3.3.5",
        "year": 2026,
        "surveys": [],
        "by": None,
        "deliver_to": None,
    },
}
SURVEY_NAME = "^srv_[a-z2-7]{13}$"


class AskedSchema(Schema):
    """Which rates; what is left out or null doesn't narrow them."""

    indicator = SafeString(
        min_length=1, max_length=LONGEST_CODE, load_default=None, allow_none=True
    )
    year = Integer(lowest=1, load_default=None, allow_none=True)
    surveys = List(
        SafeString(min_length=17, max_length=17, metadata={"pattern": SURVEY_NAME}),
        most=MOST_SURVEYS,
        load_default=[],
    )
    by = OneOf(FIELDS, load_default=None, allow_none=True)
    deliver_to = SafeString(
        min_length=17,
        max_length=17,
        load_default=None,
        allow_none=True,
        metadata={
            "pattern": "^whe_[a-z2-7]{13}$",
            "description": "An active receiver that gets them as `response_rate.updated`.",
        },
    )


class RequestSchema(Schema):
    """A message that asks for response rates."""

    type = OneOf([TYPE], required=True)
    timestamp = Instant(required=True)
    data = Nested(AskedSchema, required=True)


class QueuedSchema(Schema):
    """The deliveries that bring the rates to a receiver."""

    deliveries = fields.List(fields.String(), required=True)


@blueprint.route("/hooks/response-rates", methods=["POST"])
@signed_api
@blueprint.arguments(RequestSchema, example=REQUEST)
@blueprint.response(200, ResponseRatePageSchema, example={"data": [EXAMPLE], "next_cursor": None})
@blueprint.alt_response(
    202,
    schema=QueuedSchema,
    description="With `deliver_to`: the rates are on their way to the receiver.",
    example={"deliveries": ["whd_aerukz4jvpg66"]},
)
@blueprint.refuses(404, 409)
def request_response_rates(body: dict[str, Any]) -> Response:
    """Answer a signed message with response rates, the newest surveys first.

    Verified by its signature over the raw body, five minutes off at most. A message that comes
    twice is answered twice, since it changes nothing.
    """
    caller, asked = presented_key(), body["data"]
    if asked["deliver_to"] is None:
        return _answer(caller, asked)
    return _send(caller, asked)


def _answer(caller: Caller, asked: dict[str, Any]) -> Response:
    now = toolbox().clock.now()
    with snapshot() as session:
        data = [
            rate_of(session, caller, listed, by=asked["by"], now=now)
            for listed in _find(session, caller, asked)
        ]
    return json_answer({"data": data, "next_cursor": None})


def _send(caller: Caller, asked: dict[str, Any]) -> Response:
    """Queue one event a survey for one receiver; it stands in no feed, and holds totals only."""
    with transaction() as session:
        queued = _queue(session, caller, asked)
        names = [write_id(Prefix.DELIVERY, delivery.public_id) for delivery in queued]
    return json_answer({"deliveries": names}, 202)


def _queue(session: Session, caller: Caller, asked: dict[str, Any]) -> list[WebhookDelivery]:
    tools = toolbox()
    now = tools.clock.now()
    endpoint = get_endpoint(
        session,
        public_id=read_id(Prefix.ENDPOINT, asked["deliver_to"]),
        is_demo=caller.is_demo,
        for_update=True,
    )
    require_active(endpoint)
    happenings = [
        make_rate_happening(
            session,
            survey=listed.survey,
            base_url=tools.settings.base_url,
            occasion=f"hook:{new_id()}",
            now=now,
        )
        for listed in _find(session, caller, asked)
    ]
    return [send_to(session, endpoint=endpoint, happening=one, now=now) for one in happenings]


def _find(session: Session, caller: Caller, asked: dict[str, Any]) -> list[Listed]:
    """Return the surveys that are asked for. Raises NotVisible for a name out of sight."""
    sight = sight_of(caller)
    wanted = Wanted(year=asked["year"], indicator=asked["indicator"])
    if not asked["surveys"]:
        now = toolbox().clock.now()
        return list_newest(
            session, sight=sight, wanted=wanted, after=None, limit=MOST_RATES, now=now
        )
    named = [
        find_listed(session, name=name, sight=sight) for name in dict.fromkeys(asked["surveys"])
    ]
    return [
        listed
        for listed in named
        if wanted.year in (None, listed.survey.year)
        and wanted.indicator in (None, listed.survey.indicator_code)
    ]
