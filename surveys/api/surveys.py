"""Surveys that were launched: what they are called, whether they run, where their rate is."""

from functools import partial

from flask import Response
from marshmallow import fields

from models import SurveyState
from surveys.api.access import needs
from surveys.api.answers import json_answer
from surveys.api.blueprints import Blueprint
from surveys.api.callers import presented_key, sight_of
from surveys.api.conditional import Version, answer, digest_variant
from surveys.api.fields import OneOf, QueryInteger, SafeString, Schema
from surveys.api.paging import PageQuery, decode_cursor, page
from surveys.api.queries import NoParameters
from surveys.api_keys.scopes import Scope
from surveys.building.reading import CONFIDENTIALITIES
from surveys.extensions import reader, snapshot, toolbox
from surveys.reporting.listing import Wanted, list_newest
from surveys.reporting.revisions import read_survey_revision
from surveys.reporting.sight import find_survey
from surveys.reporting.surveys import read_headings, survey_document

blueprint = Blueprint("surveys", description="Surveys that were launched; drafts are never seen")

STATES = [state.value for state in SurveyState if state is not SurveyState.DRAFT]
LONGEST_CODE = 40
NAME = "srv_pvkq4b5z4zdai"
EXAMPLE = {
    "id": NAME,
    "object": "survey",
    "code": "mezun-izleme-2026",
    "title": "Mezun İzleme Anketi 2026",
    "status": "open",
    "confidentiality": "confidential",
    "opens_at": "2026-11-02T07:00:00Z",
    "closes_at": "2026-12-13T20:59:00Z",
    "indicator": "PG3.3.5",
    "year": 2026,
    "links": {
        "self": f"/api/v1/surveys/{NAME}",
        "response_rate": f"/api/v1/surveys/{NAME}/response-rate",
    },
}


class ListQuery(PageQuery):
    """Which surveys; without a parameter all of them."""

    status = OneOf(
        STATES, load_default=None, metadata={"description": "As the survey stands just now."}
    )
    year = QueryInteger(
        lowest=1, load_default=None, metadata={"description": "The indicator's year."}
    )
    indicator = SafeString(
        min_length=1,
        max_length=LONGEST_CODE,
        load_default=None,
        metadata={"description": "The indicator's code.", "example": "PG3.3.5"},
    )


class SurveyLinksSchema(Schema):
    """Where to go on from a survey."""

    self = fields.String(required=True)
    response_rate = fields.String(required=True)


class SurveyPartSchema(Schema):
    """What is told of a survey wherever it is named. `closes_at` is when it ended in fact."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.String(required=True, metadata={"enum": STATES})
    confidentiality = fields.String(required=True, metadata={"enum": [*CONFIDENTIALITIES]})
    opens_at = fields.AwareDateTime(required=True)
    closes_at = fields.AwareDateTime(required=True)


class SurveySchema(SurveyPartSchema):
    """A survey; what it asks and what was answered is not told here."""

    object = fields.Constant("survey", required=True)
    code = fields.String(required=True)
    indicator = fields.String(required=True, allow_none=True)
    year = fields.Integer(required=True, allow_none=True)
    links = fields.Nested(SurveyLinksSchema, required=True)


class SurveyPageSchema(Schema):
    """A page of surveys, the newest first."""

    data = fields.List(fields.Nested(SurveySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


@blueprint.route("/surveys")
@needs(Scope.SURVEYS_READ)
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, SurveyPageSchema, example={"data": [EXAMPLE], "next_cursor": None})
def list_surveys(query: dict[str, object]) -> Response:
    """List surveys, the newest first.

    Those that were launched: `scheduled` until they open, then `open`, `paused` or `closed`.
    """
    cursor, limit = query.pop("cursor"), query.pop("limit")
    assert isinstance(limit, int)  # noqa: S101 - for the type checker: the schema says so
    caller, keys = presented_key(), toolbox().keys
    filters = {"list": "surveys", "key": caller.public_id, **query}
    after = decode_cursor(keys, str(cursor), filters)[0] if cursor else None
    session, now = reader(), toolbox().clock.now()
    rows = list_newest(
        session,
        sight=sight_of(caller),
        wanted=Wanted(**query),  # type: ignore[arg-type] # the schema's fields are Wanted's
        after=after,
        limit=limit + 1,
        now=now,
    )
    found = page(rows, limit=limit, place=lambda row: [row.survey.id], filters=filters)
    headings = read_headings(session, survey_ids=[row.survey.id for row in found.rows])
    data = [
        survey_document(survey=row.survey, heading=headings[row.survey.id], now=now)
        for row in found.rows
    ]
    return json_answer({"data": data, "next_cursor": found.next_cursor}, headers=found.links())


@blueprint.route("/surveys/<string:survey_id>")
@needs(Scope.SURVEYS_READ)
@blueprint.arguments(NoParameters, location="query")
@blueprint.response(200, SurveySchema, example=EXAMPLE)
@blueprint.alt_response(304, description="Unchanged since the ETag in If-None-Match.")
def show_survey(_query: dict[str, object], survey_id: str) -> Response:
    """Show one survey."""
    now = toolbox().clock.now()
    caller = presented_key()
    with snapshot() as session:
        survey = find_survey(session, name=survey_id, sight=sight_of(caller))
        known = read_survey_revision(session, survey_id=survey.id)
        variant = digest_variant(caller, {"status": survey.state_at(now)})
        version = Version("srv", known.revision, known.changed_at, variant)
        heading = partial(read_headings, session, survey_ids=[survey.id])
        return answer(
            version,
            lambda: survey_document(survey=survey, heading=heading()[survey.id], now=now),
        )
