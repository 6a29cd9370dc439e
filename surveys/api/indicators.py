"""Indicators of the strategic plan and their years: two whole numbers, a target, the standing."""

from functools import partial

from flask import Response
from marshmallow import fields

from surveys.api.access import needs
from surveys.api.blueprints import Blueprint
from surveys.api.callers import presented_key, sight_of
from surveys.api.conditional import Version, answer, digest_variant, documents
from surveys.api.fields import Schema
from surveys.api.queries import NoParameters
from surveys.api.surveys import NAME
from surveys.api_keys.scopes import Scope
from surveys.extensions import snapshot, toolbox
from surveys.reporting.indicators import indicator_document, indicator_year_document
from surveys.reporting.revisions import read_indicator_revision
from surveys.reporting.sight import NotVisible
from surveys.reporting.standing import Standing

blueprint = Blueprint("indicators", description="Indicators of the strategic plan")

YEAR_EXAMPLE = {
    "object": "indicator_year",
    "code": "PG3.3.5",
    "year": 2026,
    "population": 3581,
    "respondents": 538,
    "value": 0.1502,
    "target": 0.2,
    "needed": 717,
    "missing": 179,
    "status": "at_risk",
    "formula": "respondents/registered",
    "surveys": [NAME],
    "definition_version": 1,
    "frozen": False,
    "revision": 112,
    "as_of": "2026-11-22T14:00:00Z",
    "links": {
        "self": "/api/v1/indicators/PG3.3.5/years/2026",
        "indicator": "/api/v1/indicators/PG3.3.5",
    },
}
EXAMPLE = {
    "object": "indicator",
    "code": "PG3.3.5",
    "name": {
        "tr": "Mezun bilgi sistemi üzerinden geri bildirim alınan mezun oranı",
        "en": "Share of graduates from whom feedback was received through the alumni system",
    },
    "definition_version": 1,
    "years": [YEAR_EXAMPLE],
    "revision": 112,
    "as_of": "2026-11-22T14:00:00Z",
    "links": {"self": "/api/v1/indicators/PG3.3.5"},
}


class YearLinksSchema(Schema):
    """Where to go on from a year."""

    self = fields.String(required=True)
    indicator = fields.String(required=True)


class IndicatorYearSchema(Schema):
    """One year. A graduate counts once, however many surveys were answered."""

    object = fields.Constant("indicator_year", required=True)
    code = fields.String(required=True)
    year = fields.Integer(required=True)
    population = fields.Integer(required=True)
    respondents = fields.Integer(required=True)
    value = fields.Float(required=True, allow_none=True)
    target = fields.Float(required=True, allow_none=True)
    needed = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "How many the target takes, rounded up to whole people."},
    )
    missing = fields.Integer(required=True, allow_none=True)
    status = fields.String(required=True, metadata={"enum": [s.value for s in Standing]})
    formula = fields.String(required=True)
    surveys = fields.List(fields.String(), required=True)
    definition_version = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Null while the definition that Dönüt ships is in use."},
    )
    frozen = fields.Boolean(required=True)
    revision = fields.Integer(required=True)
    as_of = fields.AwareDateTime(required=True)
    links = fields.Nested(YearLinksSchema, required=True)


class IndicatorLinksSchema(Schema):
    """Where an indicator is read."""

    self = fields.String(required=True)


class IndicatorSchema(Schema):
    """An indicator with all its years, the newest first; `name` by language."""

    object = fields.Constant("indicator", required=True)
    code = fields.String(required=True)
    name = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    definition_version = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Null while the definition that Dönüt ships is in use."},
    )
    years = fields.List(fields.Nested(IndicatorYearSchema), required=True)
    revision = fields.Integer(required=True)
    as_of = fields.AwareDateTime(required=True)
    links = fields.Nested(IndicatorLinksSchema, required=True)


@blueprint.route("/indicators/<string:code>")
@needs(Scope.RATES_READ)
@blueprint.arguments(NoParameters, location="query")
@blueprint.response(200, IndicatorSchema, example=EXAMPLE)
@blueprint.alt_response(304, description="Unchanged since the ETag in If-None-Match.")
def show_indicator(_query: dict[str, object], code: str) -> Response:
    """Show an indicator with all its years."""
    return _answer(code, year=None)


@blueprint.route("/indicators/<string:code>/years/<int:year>")
@needs(Scope.RATES_READ)
@blueprint.arguments(NoParameters, location="query")
@blueprint.response(200, IndicatorYearSchema, example=YEAR_EXAMPLE)
@blueprint.alt_response(304, description="Unchanged since the ETag in If-None-Match.")
def show_indicator_year(_query: dict[str, object], code: str, year: int) -> Response:
    """Show one year of an indicator.

    `status` is `met`, `on_track`, `at_risk`, `missed`, or `no_data` without a target.
    """
    return _answer(code, year=year)


def _answer(code: str, *, year: int | None) -> Response:
    caller, now = presented_key(), toolbox().clock.now()
    zone = toolbox().settings.zone
    if not sight_of(caller).covers(code):
        raise NotVisible
    with snapshot() as session:
        known = read_indicator_revision(session, code=code, is_demo=caller.is_demo)
        # A year ends by the calendar alone.
        parts = {"code": code, "year": year, "this_year": now.astimezone(zone).year}
        version = Version("ind", known.revision, known.changed_at, digest_variant(caller, parts))
        asked = (
            partial(indicator_document, session)
            if year is None
            else partial(indicator_year_document, session, year=year)
        )
        make = partial(asked, code=code, is_demo=caller.is_demo, now=now, zone=zone)
        return answer(version, partial(documents().recall, code, version, make))
