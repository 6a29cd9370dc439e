"""What a response rate looks like on the wire: its schemas and an example, field by field."""

from marshmallow import fields

from surveys.api.fields import Schema
from surveys.api.surveys import EXAMPLE as SURVEY
from surveys.api.surveys import NAME, SurveyPartSchema
from surveys.rates.groups import FIELDS
from surveys.rates.small_cells import Reason

COUNTS = (
    "audience",
    "ineligible",
    "not_sent",
    "invited",
    "undeliverable",
    "opted_out",
    "started",
    "partial",
    "completed",
)
EXAMPLE = {
    "id": f"rr_{NAME.removeprefix('srv_')}",
    "object": "response_rate",
    "revision": 57,
    "as_of": "2026-11-22T14:00:00Z",
    "survey": {
        name: SURVEY[name]
        for name in ("id", "title", "status", "confidentiality", "opens_at", "closes_at")
    },
    "indicator": {"code": "PG3.3.5", "year": 2026},
    "counts": {
        "audience": 3581,
        "ineligible": 6,
        "not_sent": 47,
        "invited": 3534,
        "undeliverable": 86,
        "opted_out": 21,
        "started": 601,
        "partial": 44,
        "completed": 502,
    },
    "rates": [
        {
            "name": "rr1",
            "formula": "I/D1",
            "numerator": 502,
            "denominator": 3575,
            "value": 0.1404,
        },
        {
            "name": "rr2",
            "formula": "(I+P)/D1",
            "numerator": 546,
            "denominator": 3575,
            "value": 0.1527,
        },
        {
            "name": "reach",
            "formula": "1-bounced/sent",
            "numerator": 3448,
            "denominator": 3534,
            "value": 0.9757,
        },
    ],
    "groups": [],
    "links": {
        "self": f"/api/v1/surveys/{NAME}/response-rate",
        "indicator": "/api/v1/indicators/PG3.3.5/years/2026",
    },
}
GROUPED_EXAMPLE = {
    **EXAMPLE,
    "groups": [
        {
            "by": "programme",
            "value": "Mekatronik",
            "within": "Teknoloji Fakültesi",
            "eligible": 279,
            "completed": 45,
            "rate": 0.1613,
            "suppressed": False,
        },
        {
            "by": "programme",
            "value": "Enerji Sistemleri (DR)",
            "within": "Teknoloji Fakültesi",
            "eligible": None,
            "completed": None,
            "rate": None,
            "suppressed": True,
            "reason": "small_group",
        },
    ],
}


class IndicatorPartSchema(Schema):
    """Which year of which indicator a survey counts for."""

    code = fields.String(required=True)
    year = fields.Integer(required=True, allow_none=True)


class RateSchema(Schema):
    """A rate with what it is made of; `value` is null when nobody is counted."""

    name = fields.String(required=True, metadata={"enum": ["rr1", "rr2", "reach"]})
    formula = fields.String(required=True)
    numerator = fields.Integer(required=True)
    denominator = fields.Integer(required=True)
    value = fields.Float(required=True, allow_none=True)


class GroupSchema(Schema):
    """One group; the figures of a suppressed one are null, and `reason` says why."""

    by = fields.String(required=True, metadata={"enum": [*FIELDS]})
    value = fields.String(required=True, allow_none=True)
    within = fields.String(required=True, allow_none=True)
    eligible = fields.Integer(required=True, allow_none=True)
    completed = fields.Integer(required=True, allow_none=True)
    rate = fields.Float(required=True, allow_none=True)
    suppressed = fields.Boolean(required=True)
    reason = fields.String(metadata={"enum": [reason.value for reason in Reason]})


class RateLinksSchema(Schema):
    """Where to go on from a response rate."""

    self = fields.String(required=True)
    indicator = fields.String(required=True, allow_none=True)


class ResponseRateSchema(Schema):
    """A response rate as of the instant at which its figures last changed."""

    id = fields.String(required=True)
    object = fields.Constant("response_rate", required=True)
    revision = fields.Integer(required=True)
    as_of = fields.AwareDateTime(required=True)
    survey = fields.Nested(SurveyPartSchema, required=True)
    indicator = fields.Nested(IndicatorPartSchema, required=True, allow_none=True)
    counts = fields.Nested(
        Schema.from_dict({name: fields.Integer(required=True) for name in COUNTS}, name="Counts"),
        required=True,
    )
    rates = fields.List(fields.Nested(RateSchema), required=True)
    groups = fields.List(fields.Nested(GroupSchema), required=True)
    links = fields.Nested(RateLinksSchema, required=True)


class ResponseRatePageSchema(Schema):
    """A page of response rates, those that changed longest ago first."""

    data = fields.List(fields.Nested(ResponseRateSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
