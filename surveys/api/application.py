"""flask-smorest, kept from touching anything outside /api, and the head of its document."""

import flask_smorest
from flask import Flask
from marshmallow.fields import Constant

from surveys.api.answers import PROBLEM_TYPE
from surveys.api.fields import QueryList
from surveys.api.problem_schema import ProblemSchema, example_of, title_of
from surveys.api.problems import CODES_OF_ROOMS, DETAILS
from surveys.settings import Settings

TITLE = "Dönüt"
VERSION = "1.0.0"
OPENAPI_VERSION = "3.1.0"
DESCRIPTION = """\
Response rates of graduate surveys, read by other systems; rosters that they push.

Every request carries a key: `Authorization: Bearer apk_…`, over https. Refusals are problem
documents (RFC 9457): programs read `code`, `detail` is in the language of `Accept-Language`.
Ignore fields that you don't know; the service refuses those that it doesn't know."""
KEY_SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "apk_<8 characters>_<43 characters>",
    "description": "A key that the office made. Each operation names the scope that it needs.",
}
HEADERS = {
    "RateLimit-Policy": (
        "What is allowed: requests and the window in seconds.",
        '"default";q=60;w=60',
    ),
    "RateLimit": ("What is left, and in how many seconds the window ends.", '"default";r=42;t=17'),
    "Retry-After": ("Seconds to wait before trying again.", "17"),
}
HEADERS_OF_PROBLEMS = {429: ("Retry-After",), 503: ("Retry-After",)}


class Api(flask_smorest.Api):  # type: ignore[misc] # flask-smorest ships no types
    """smorest with our own problems in the place of its errors.

    As it comes it answers every HTTPException of the application in JSON, HTML pages included, and
    documents errors that are never sent.
    """

    ERROR_SCHEMA = ProblemSchema
    # Each operation lists its problems: `default` would hide one that was forgotten.
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """None: surveys/api/problems.py answers below /api, and nobody else's business is."""

    def _register_responses(self) -> None:
        """Name the problem of each status `PROBLEM_<status>`."""
        for name, (description, example) in HEADERS.items():
            header = {"description": description, "schema": {"type": "string"}, "example": example}
            self.spec.components.header(name, header, lazy=True)
        for status, code in {**CODES_OF_ROOMS, 428: "if_match_required"}.items():
            self.spec.components.response(f"PROBLEM_{status}", _problem(status, code), lazy=True)

    def _register_etag_headers(self) -> None:
        """None: tags are made of revisions, never of what was computed already."""

    def _register_pagination_header(self) -> None:
        """None: pages go by position and have no number."""


def make_api(app: Flask, settings: Settings) -> Api:
    """Return smorest attached to `app`; it serves no page of its own."""
    api = Api(
        app,
        spec_kwargs={
            "title": TITLE,
            "version": VERSION,
            "openapi_version": OPENAPI_VERSION,
            "info": {
                "description": DESCRIPTION,
                "contact": {"name": settings.office_name_en, "email": settings.contact_address},
            },
            "servers": [{"url": settings.base_url}],
        },
    )
    api.ma_plugin.converter.add_attribute_function(_fixed_value)
    api.ma_plugin.converter.add_parameter_attribute_function(_commas)
    api.spec.components.security_scheme("key", KEY_SCHEME)
    return api


def _fixed_value(_converter: object, field: object, **_more: object) -> dict[str, object]:
    """Write a constant as the only value that it has, which apispec leaves out."""
    return {"type": "string", "const": field.constant} if isinstance(field, Constant) else {}


def _commas(_converter: object, field: object, **_more: object) -> dict[str, object]:
    """Say that a list in a query stands in one parameter, with commas."""
    return {"style": "form", "explode": False} if isinstance(field, QueryList) else {}


def _problem(status: int, code: str) -> dict[str, object]:
    detail = DETAILS.get(status, title_of(status))
    content = {"schema": ProblemSchema, "example": example_of(status, code=code, detail=detail)}
    return {
        "description": detail,
        "content": {PROBLEM_TYPE: content},
        "headers": {name: name for name in HEADERS_OF_PROBLEMS.get(status, ())},
    }
