"""What a problem looks like on the wire, for the document; problems.py writes them."""

from http import HTTPStatus
from typing import Any

from marshmallow import fields

from surveys.api.fields import Schema
from surveys.api.problems import CODES, MORE_CODES, TITLES

ALL_CODES = sorted({*CODES.values(), *MORE_CODES})


class FaultSchema(Schema):
    """One thing that is wrong in a request."""

    pointer = fields.String(
        required=True,
        metadata={
            "description": "Where: a JSON pointer below #/query, #/body, #/path or #/header.",
            "example": "#/query/limit",
        },
    )
    detail = fields.String(required=True, metadata={"example": "This must be from 1 to 200."})


class ProblemSchema(Schema):
    """A problem document (RFC 9457). Programs read `code`; `detail` is for people."""

    type = fields.String(required=True, metadata={"enum": ["about:blank"]})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True, metadata={"enum": ALL_CODES})
    detail = fields.String(
        required=True, metadata={"description": "In Turkish or English, as Accept-Language asks."}
    )
    instance = fields.String(required=True)
    request_id = fields.String(
        required=True, metadata={"description": "Stands in our log; tell it when you ask us."}
    )
    errors = fields.List(fields.Nested(FaultSchema))


def title_of(status: int) -> str:
    """Return what RFC 9110 calls a status."""
    return TITLES.get(status) or HTTPStatus(status).phrase


def example_of(status: int, *, code: str, detail: str) -> dict[str, Any]:
    """Return a problem such as this status comes with."""
    return {
        "type": "about:blank",
        "title": title_of(status),
        "status": status,
        "code": code,
        "detail": detail,
        "instance": "/api/v1/surveys",
        "request_id": "req_oygzomn4ne6oi",
    }
