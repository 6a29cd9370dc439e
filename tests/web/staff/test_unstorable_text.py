"""Text that no database takes is refused with 400 on every route, signed in or not."""

import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from models import Role, Staff
from tests.web.staff.conftest import Browser

BROKEN = "a\0b"
PLACE = re.compile(r"<(?:(?P<kind>\w+)(?:\((?P<choices>.*?)\))?:)?\w+>")
# 401: a browser's sign-in counts for nothing below /api.
REFUSED = {400, 401, 404, 405}


@pytest.fixture
def admin(signed_in: Browser, session: Session, staff: Staff) -> Browser:
    """An admin's browser, so that nothing is refused for want of a right."""
    staff.role = Role.ADMIN
    session.commit()
    signed_in.get("/")
    return signed_in


def list_paths(app: Flask, value: str) -> Iterator[tuple[Rule, str]]:
    """Yield every route with `value`, or one that its converter takes, in its places."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            yield rule, PLACE.sub(lambda place: fill(place, value), rule.rule)


def fill(place: re.Match[str], value: str) -> str:
    kind, choices = place["kind"], place["choices"]
    if choices:
        return str(choices.split(",")[0].strip("'\" "))
    return "1" if kind == "int" else value


@pytest.mark.parametrize("character", ["%00", "%ED%A0%80"])
def test_address_with_it_never_reaches_a_query(app: Flask, admin: Browser, character: str) -> None:
    paths = [path for _, path in list_paths(app, "BROKEN") if "BROKEN" in path]

    answers = {path: admin.get(path.replace("BROKEN", character)).status_code for path in paths}

    assert {path: status for path, status in answers.items() if status not in REFUSED} == {}


def test_question_with_it_is_refused_everywhere(app: Flask, admin: Browser) -> None:
    readable = [path for rule, path in list_paths(app, "x") if "GET" in (rule.methods or ())]

    answers = {path: admin.get(path, query_string={"q": BROKEN}).status_code for path in readable}

    assert set(answers.values()) == {400}


def test_form_with_it_is_refused_everywhere(app: Flask, admin: Browser) -> None:
    writable = [path for rule, path in list_paths(app, "x") if "POST" in (rule.methods or ())]

    answers = {path: admin.post(path, {"email": BROKEN}).status_code for path in writable}

    assert {path: status for path, status in answers.items() if status not in REFUSED} == {}


def test_form_with_it_is_refused_without_a_sign_in(client: FlaskClient) -> None:
    assert client.post("/login", data={"email": BROKEN, "password": "x"}).status_code == 400


def test_file_of_such_a_name_is_refused(client: FlaskClient) -> None:
    data = {"file": (io.BytesIO(b"x"), BROKEN)}

    assert client.post("/login", data=data).status_code == 400
