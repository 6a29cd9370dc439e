"""The types of events of version 1: what each says, as JSON Schema, and an example of each.

Every body has `type`, `timestamp`, `api_version` and `data`. `data` never holds a person or a
group. Fields may be added within this version; readers pass over what they don't know.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from models import Document
from surveys.errors import N_

API_VERSION: Final = "2025-11-01"


class EventType(StrEnum):
    """What can be said to other systems."""

    SURVEY_OPENED = "survey.opened"
    SURVEY_CLOSED = "survey.closed"
    RESPONSE_RATE_UPDATED = "response_rate.updated"
    INDICATOR_UPDATED = "indicator.updated"
    INDICATOR_TARGET_MET = "indicator.target_met"
    ENDPOINT_VERIFICATION = "endpoint.verification"
    ENDPOINT_TEST = "endpoint.test"


# What a receiver can subscribe to, in the order in which it is shown; the others come unasked.
SUBSCRIBABLE: Final = (
    EventType.RESPONSE_RATE_UPDATED,
    EventType.INDICATOR_UPDATED,
    EventType.INDICATOR_TARGET_MET,
    EventType.SURVEY_OPENED,
    EventType.SURVEY_CLOSED,
)
# A newer one of these says all that an older one of the same resource said.
SUPERSEDING: Final = (EventType.RESPONSE_RATE_UPDATED, EventType.INDICATOR_UPDATED)


@dataclass(frozen=True)
class Described:
    """One type: what it means (English, in the catalogue), its data's fields, an example of them.

    `totals` are the fields that a receiver of thin events does not get.
    """

    meaning: str
    fields: Mapping[str, Document]
    example: Document
    totals: frozenset[str] = frozenset()


_HOST = "https://anket.example.edu.tr"
_SURVEY = "srv_pvkq4b5z4zdai"
_OF_RATE = f"{_HOST}/api/v1/surveys/{_SURVEY}/response-rate"
_OF_YEAR = f"{_HOST}/api/v1/indicators/PG3.3.5/years/2025"

_ID: Final[Document] = {"type": "string", "pattern": "^srv_[a-z2-7]{13}$"}
_CODE: Final[Document] = {"type": ["string", "null"], "maxLength": 40}
_OWN_CODE: Final[Document] = {"type": "string", "maxLength": 40}
_YEAR: Final[Document] = {"type": ["integer", "null"]}
_OWN_YEAR: Final[Document] = {"type": "integer"}
_COUNT: Final[Document] = {"type": "integer", "minimum": 0}
_SHARE: Final[Document] = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
_INSTANT: Final[Document] = {"type": "string", "format": "date-time"}
_HREF: Final[Document] = {"type": "string", "format": "uri"}
_STATUS: Final[Document] = {
    "type": "string",
    "enum": ["met", "on_track", "at_risk", "missed", "no_data"],
}

_SURVEY_FIELDS: Final[Mapping[str, Document]] = {
    "survey_id": _ID,
    "indicator": _CODE,
    "year": _YEAR,
    "revision": _COUNT,
    "opens_at": _INSTANT,
    "closes_at": _INSTANT,
    "href": _HREF,
}
_SURVEY_EXAMPLE: Final[Document] = {
    "survey_id": _SURVEY,
    "indicator": "PG3.3.5",
    "year": 2025,
    "revision": 1,
    "opens_at": "2025-11-03T07:00:00Z",
    "closes_at": "2025-12-14T20:59:00Z",
    "href": f"{_HOST}/api/v1/surveys/{_SURVEY}",
}
_YEAR_FIELDS: Final[Mapping[str, Document]] = {
    "indicator": _OWN_CODE,
    "year": _OWN_YEAR,
    "revision": _COUNT,
    "respondents": _COUNT,
    "population": _COUNT,
    "value": _SHARE,
    "target": _SHARE,
    "needed": {"type": ["integer", "null"], "minimum": 0},
    "status": _STATUS,
    "href": _HREF,
}
_YEAR_EXAMPLE: Final[Document] = {
    "indicator": "PG3.3.5",
    "year": 2025,
    "revision": 112,
    "respondents": 538,
    "population": 3581,
    "value": 0.1502,
    "target": 0.2,
    "needed": 717,
    "status": "at_risk",
    "href": _OF_YEAR,
}
_YEAR_TOTALS = frozenset({"respondents", "population", "value", "target", "needed", "status"})

EVENT_TYPES: Final[Mapping[EventType, Described]] = {
    EventType.SURVEY_OPENED: Described(
        N_("A survey has opened: from now on it takes answers."), _SURVEY_FIELDS, _SURVEY_EXAMPLE
    ),
    EventType.SURVEY_CLOSED: Described(
        N_("A survey is over, by its date or by hand: it takes no more answers."),
        _SURVEY_FIELDS,
        {**_SURVEY_EXAMPLE, "revision": 57},
    ),
    EventType.RESPONSE_RATE_UPDATED: Described(
        N_("A survey's response rate, or a count that it rests on, has changed."),
        {
            "survey_id": _ID,
            "indicator": _CODE,
            "year": _YEAR,
            "revision": _COUNT,
            "completed": _COUNT,
            "eligible": _COUNT,
            "rate": _SHARE,
            "href": _HREF,
        },
        {
            "survey_id": _SURVEY,
            "indicator": "PG3.3.5",
            "year": 2025,
            "revision": 57,
            "completed": 502,
            "eligible": 3575,
            "rate": 0.1404,
            "href": _OF_RATE,
        },
        frozenset({"completed", "eligible", "rate"}),
    ),
    EventType.INDICATOR_UPDATED: Described(
        N_("An indicator's value in a year, its target or its status has changed."),
        _YEAR_FIELDS,
        _YEAR_EXAMPLE,
        _YEAR_TOTALS,
    ),
    EventType.INDICATOR_TARGET_MET: Described(
        N_("An indicator has reached its target of the year for the first time."),
        _YEAR_FIELDS,
        {**_YEAR_EXAMPLE, "revision": 240, "respondents": 717, "value": 0.2002, "status": "met"},
        _YEAR_TOTALS,
    ),
    EventType.ENDPOINT_VERIFICATION: Described(
        N_("Asks a new receiver to answer with this challenge, so that we know that it agrees."),
        {"challenge": {"type": "string", "maxLength": 64}},
        {"challenge": "hL0w2kqVvJm4nH8bq3yTzX5cR1dF7gS9aE6uP0oI2lK"},
    ),
    EventType.ENDPOINT_TEST: Described(
        N_("Somebody pressed the test button; nothing has changed."), {}, {}
    ),
}


def make_schema(kind: EventType) -> Document:
    """Return the JSON Schema (draft 2020-12) of the whole body of an event of this type."""
    described = EVENT_TYPES[kind]
    required = [name for name in described.fields if name not in described.totals]
    return {
        "type": "object",
        "required": ["type", "timestamp", "api_version", "data"],
        "properties": {
            "type": {"const": kind.value},
            "timestamp": dict(_INSTANT),
            "api_version": {"type": "string"},
            "data": {
                "type": "object",
                "required": required,
                "properties": {name: dict(field) for name, field in described.fields.items()},
            },
        },
    }


def make_example(kind: EventType) -> dict[str, Any]:
    """Return an example of the whole body of an event of this type."""
    return {
        "type": kind.value,
        "timestamp": "2025-11-22T14:00:03Z",
        "api_version": API_VERSION,
        "data": dict(EVENT_TYPES[kind].example),
    }
