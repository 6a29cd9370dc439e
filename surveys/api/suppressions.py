"""Who gets no more mail: read by the alumni system, and laid on and lifted by it."""

from typing import Any

from flask import Response
from marshmallow import fields

from models import Alumnus, Suppression, SuppressionReason
from surveys.api.access import needs
from surveys.api.alumni import EXTERNAL_ID, require_key
from surveys.api.alumni_schemas import KEY
from surveys.api.answers import json_answer
from surveys.api.blueprints import Blueprint
from surveys.api.callers import presented_key
from surveys.api.fields import Schema
from surveys.api.paging import PageQuery, decode_cursor, page
from surveys.api.queries import EmptyBody, NoParameters
from surveys.api.times import write_instant
from surveys.api_keys.scopes import Scope
from surveys.audit import record
from surveys.extensions import reader, toolbox, transaction
from surveys.reporting.wire import Document
from surveys.roster.exporting import audit_subject
from surveys.roster.finding import get_person
from surveys.roster.suppression import Word, lift_own, list_live, suppress

blueprint = Blueprint("suppressions", description="Who gets no more mail")

PATH = "/alumni/<path:external_id>/suppression"
EXAMPLE = {
    "object": "suppression",
    "external_id": KEY,
    "reason": "unsubscribed",
    "since": "2026-11-22T14:00:00Z",
}


class SuppressionSchema(Schema):
    """Nobody writes to this person any more, and why."""

    object = fields.Constant("suppression", required=True)
    external_id = fields.String(required=True)
    reason = fields.String(required=True, metadata={"enum": [*SuppressionReason]})
    since = fields.AwareDateTime(required=True)


class SuppressionPageSchema(Schema):
    """A page of suppressions, the oldest first."""

    data = fields.List(fields.Nested(SuppressionSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


@blueprint.route("/suppressions")
@needs(Scope.SUPPRESSIONS_READ)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, SuppressionPageSchema, example={"data": [EXAMPLE], "next_cursor": None})
def list_suppressions(query: dict[str, Any]) -> Response:
    """List the people who get no more mail, the oldest word first.

    So that the alumni system's own mails can heed who said no here.
    """
    caller, cursor, limit = presented_key(), query["cursor"], query["limit"]
    filters = {"list": "suppressions", "key": caller.public_id}
    after = decode_cursor(toolbox().keys, cursor, filters)[0] if cursor else 0
    rows = list_live(reader(), is_demo=caller.is_demo, after_id=after, limit=limit + 1)
    found = page(rows, limit=limit, place=lambda row: [row[0].id], filters=filters)
    data = [_document(stop, person) for stop, person in found.rows]
    return json_answer({"data": data, "next_cursor": found.next_cursor}, headers=found.links())


@blueprint.route(PATH, methods=["PUT"], parameters=[EXTERNAL_ID])
@needs(Scope.ALUMNI_WRITE)
@blueprint.arguments(EmptyBody, example={})
@blueprint.response(204)
def put_suppression(_body: dict[str, Any], external_id: str) -> Response:
    """Stop all mail to a person who said no in the alumni system; twice is like once."""
    require_key(external_id)
    caller, tools = presented_key(), toolbox()
    now = tools.clock.now()
    with transaction() as session:
        person = get_person(session, external_id=external_id, is_demo=caller.is_demo)
        if suppress(
            session,
            alumnus=person,
            keys=tools.keys,
            reason=SuppressionReason.ALUMNI_SYSTEM,
            now=now,
            word=Word(by=caller.actor),
        ):
            subject = audit_subject(person)
            record(session, actor=caller.actor, action="suppression.push", subject=subject, now=now)
    return Response(status=204)


@blueprint.route(PATH, methods=["DELETE"], parameters=[EXTERNAL_ID])
@needs(Scope.ALUMNI_WRITE)
@blueprint.arguments(NoParameters, location="query")
@blueprint.response(204)
@blueprint.refuses(409)
def delete_suppression(_query: dict[str, Any], external_id: str) -> Response:
    """Let mail go to a person again whom the alumni system had stopped.

    409 where the person said no themselves, or staff did: that stays theirs to take back.
    """
    require_key(external_id)
    caller, tools = presented_key(), toolbox()
    now = tools.clock.now()
    with transaction() as session:
        person = get_person(session, external_id=external_id, is_demo=caller.is_demo)
        if lift_own(
            session,
            alumnus=person,
            keys=tools.keys,
            reason=SuppressionReason.ALUMNI_SYSTEM,
            now=now,
            word=Word(by=caller.actor),
        ):
            subject = audit_subject(person)
            record(session, actor=caller.actor, action="suppression.lift", subject=subject, now=now)
    return Response(status=204)


def _document(stop: Suppression, person: Alumnus) -> Document:
    return {
        "object": "suppression",
        "external_id": person.external_id,
        "reason": stop.reason,
        "since": write_instant(stop.created_at),
    }
