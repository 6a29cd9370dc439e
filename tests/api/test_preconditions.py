"""304 for what a caller has already; a change rests on the state that it names."""

import pytest
from flask import Flask, Response

from surveys.api.access import needs
from surveys.api.answers import json_answer
from surveys.api.preconditions import answer_unchanged, require_match, validators
from tests.api.conftest import PREFIX, ApiClient

TAG = "rr-57-v1-9f2c11ab"


@pytest.fixture(autouse=True)
def thing(app: Flask) -> None:
    @needs(None)
    def show() -> Response:
        return answer_unchanged(TAG) or json_answer({}, headers=validators(TAG))

    @needs(None)
    def change() -> Response:
        require_match(TAG)
        return json_answer({})

    app.add_url_rule(f"{PREFIX}/thing", "show_thing", show)
    app.add_url_rule(f"{PREFIX}/thing", "change_thing", change, methods=["PATCH"])


@pytest.mark.parametrize("sent", [f'"{TAG}"', f'W/"{TAG}"', f'"other", "{TAG}"', "*"])
def test_what_the_caller_has_is_not_sent_again(api: ApiClient, sent: str) -> None:
    answer = api.get("/thing", headers={"If-None-Match": sent})

    assert answer.status_code == 304
    assert answer.data == b""
    assert answer.headers["ETag"] == f'"{TAG}"'
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Vary"] == "Authorization, Accept-Language"
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("sent", ['"other"', "garbage", '"', "", "W/"])
def test_anything_else_gets_the_document(api: ApiClient, sent: str) -> None:
    assert api.get("/thing", headers={"If-None-Match": sent}).status_code == 200


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (None, 428, "if_match_required"),
        ('"whe-1"', 412, "precondition_failed"),
        ("garbage", 412, "precondition_failed"),
        (f'"{TAG}"', 200, None),
        (f'W/"{TAG}"', 200, None),
    ],
)
def test_change_names_what_it_rests_on(
    api: ApiClient, sent: str | None, status: int, code: str | None
) -> None:
    answer = api.patch("/thing", headers={"If-Match": sent} if sent else {})

    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json.get("code") == code
