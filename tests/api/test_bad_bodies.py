"""A thousand malformed bodies: each is refused in words, none is a failure of ours."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response
from werkzeug.test import TestResponse

from surveys.api.access import needs
from surveys.api.answers import PROBLEM_TYPE, json_answer
from surveys.api.application import Api
from surveys.api.blueprints import Blueprint
from surveys.api.fields import (
    Boolean,
    Day,
    Instant,
    Integer,
    List,
    Nested,
    OneOf,
    SafeString,
    Schema,
)
from surveys.settings import Settings
from tests.api.bodies import JSON, Sent, fixed_bodies, random_bodies
from tests.api.conftest import PREFIX, ApiClient
from tests.conftest import make_settings

PARAMETER = re.compile(r"\{[^}]*\}")
AT_ALL, AT_EACH = 1_000, 100
EXAMPLE = {
    "name": "Mezun Bilgi Sistemi",
    "kind": "one",
    "count": 5,
    "is_on": True,
    "at": "2026-11-22T14:00:00Z",
    "on": "2026-11-22",
    "words": ["a", "b"],
    "inner": {"note": "x"},
}


class InnerSchema(Schema):
    note = SafeString(required=True, max_length=20, lines=True)


class ThingSchema(Schema):
    name = SafeString(required=True, min_length=1, max_length=50)
    kind = OneOf(["one", "two"], required=True)
    count = Integer(lowest=1, highest=10)
    is_on = Boolean()
    at = Instant()
    on = Day()
    words = List(SafeString(max_length=5), most=3)
    inner = Nested(InnerSchema)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return make_settings(database_url, API_REQUESTS_A_MINUTE="1000000")


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application with one more operation, whose body holds every kind of field."""
    blueprint = Blueprint("things", description="Things")

    @blueprint.route("/things", methods=["POST"])
    @needs(None)
    @blueprint.arguments(ThingSchema, example=EXAMPLE)
    @blueprint.response(200, ThingSchema, example=EXAMPLE)
    def make_thing(body: dict[str, Any]) -> Response:
        """Make a thing."""
        return json_answer({"keys": sorted(body)})

    apis: dict[str, dict[str, Api]] = app.extensions["flask-smorest"]["apis"]
    apis[""]["ext_obj"].register_blueprint(blueprint)
    return app


def operations(api: ApiClient) -> Iterator[tuple[str, str, Any]]:
    """Yield method, path and a right body of every operation that takes one."""
    yield "POST", "/things", EXAMPLE
    document = api.get("/openapi.json").json
    assert isinstance(document, dict)
    for path, item in document["paths"].items():
        named = PARAMETER.sub("anything", path.removeprefix(PREFIX))
        for method in item.keys() - {"parameters"}:
            operation = item[method]
            contents = operation.get("requestBody", {}).get("content", {})
            for content in contents.values():
                yield method.upper(), named, content["example"]


def test_a_thousand_malformed_bodies_are_refused_in_words(api: ApiClient) -> None:
    found = list(operations(api))
    number = max(AT_EACH, AT_ALL // len(found))
    for seed, (method, path, right) in enumerate(found):
        sent = [*fixed_bodies(right), *random_bodies(right, number, seed=seed)]
        for body, kind in sent:
            answer = api.ask(method, path, data=body, content_type=kind or None)
            told = f"{method} {path} {kind} {body[:200]!r}"

            assert answer.status_code < 500, told
            assert answer.status_code < 400 or is_problem(answer), told


def is_problem(answer: TestResponse) -> bool:
    """Tell whether it is a whole problem document that repeats nothing of what was sent."""
    wanted = {"type", "title", "status", "code", "detail", "instance", "request_id"}
    return (
        answer.mimetype == PROBLEM_TYPE
        and answer.headers["Cache-Control"] == "no-store"
        and isinstance(answer.json, dict)
        and answer.json.keys() - {"errors"} == wanted
        and answer.json["status"] == answer.status_code
    )


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ((b"{", JSON), 400, "malformed_json"),
        ((b"[" * 100_000, JSON), 400, "malformed_json"),
        ((b'{"a":1,"a":2}', JSON), 400, "malformed_json"),
        ((b'{"a":NaN}', JSON), 400, "malformed_json"),
        ((b"\xff", JSON), 400, "malformed_json"),
        ((b"", JSON), 400, "malformed_json"),
        ((b"{}", "text/plain"), 415, "unsupported_media_type"),
        ((b"{}", "application/problem+json"), 415, "unsupported_media_type"),
        ((b"{}", ""), 415, "unsupported_media_type"),
        ((b"", ""), 422, "validation_failed"),
        ((b"[]", JSON), 422, "validation_failed"),
        ((b"null", JSON), 422, "validation_failed"),
        ((b" " * 1_100_000, JSON), 413, "payload_too_large"),
        ((b"{}", JSON + "; charset=utf-8"), 422, "validation_failed"),
    ],
)
def test_each_kind_of_bad_body_has_its_code(
    api: ApiClient, sent: Sent, status: int, code: str
) -> None:
    answer = api.post("/things", data=sent[0], content_type=sent[1] or None)

    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (status, code)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"x": 1}, "#/body/x"),
        ({"a/b~c": 1}, "#/body/a~1b~0c"),
        ({"name": "a\0b"}, "#/body/name"),
        ({"name": "a\ud800"}, "#/body/name"),
        ({"name": "a\nb"}, "#/body/name"),
        ({"name": ""}, "#/body/name"),
        ({"name": None}, "#/body/name"),
        ({"name": 5}, "#/body/name"),
        ({"kind": "three"}, "#/body/kind"),
        ({"kind": ["one"]}, "#/body/kind"),
        ({"count": "5"}, "#/body/count"),
        ({"count": 5.7}, "#/body/count"),
        ({"count": 1e308}, "#/body/count"),
        ({"count": True}, "#/body/count"),
        ({"count": 10**30}, "#/body/count"),
        ({"is_on": "yes"}, "#/body/is_on"),
        ({"is_on": 1}, "#/body/is_on"),
        ({"at": "2026-11-22T14:00:00"}, "#/body/at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "#/body/at"),
        ({"on": "2026-02-30"}, "#/body/on"),
        ({"words": ["a", "b", "c", "d"]}, "#/body/words"),
        ({"words": ["a", 5]}, "#/body/words/1"),
        ({"words": "a"}, "#/body/words"),
        ({"inner": {}}, "#/body/inner/note"),
        ({"inner": {"note": "x", "y": 1}}, "#/body/inner/y"),
        ({"inner": []}, "#/body/inner"),
    ],
)
def test_faults_are_pointed_at(api: ApiClient, change: dict[str, object], pointer: str) -> None:
    answer = api.post("/things", json={**EXAMPLE, **change})

    assert answer.status_code == 422
    assert answer.json is not None
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]


def test_faults_are_told_in_the_language_that_is_asked_for(api: ApiClient) -> None:
    def ask(language: str) -> tuple[str, str]:
        told = api.post(
            "/things", json={**EXAMPLE, "count": 11}, headers={"Accept-Language": language}
        )
        assert told.json is not None
        return told.json["detail"], told.json["errors"][0]["detail"]

    assert ask("en") == ("The request isn't valid.", "This must be from 1 to 10.")
    assert ask("tr-TR,tr;q=0.9") == ("İstek doğrulanamadı.", "1 ile 10 arasında olmalıdır.")
    assert ask("de") == ask("tr")


def test_answer_does_not_grow_with_what_is_wrong(api: ApiClient) -> None:
    answer = api.post("/things", json={f"{n:05}" * 100: n for n in range(1_000)})

    assert answer.json is not None
    assert len(answer.json["errors"]) == 100
    assert max(len(fault["pointer"]) for fault in answer.json["errors"]) == 107


def test_text_is_composed() -> None:
    assert SafeString(max_length=50).deserialize("I\u0307zmir") == "İzmir"
