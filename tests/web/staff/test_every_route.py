"""Every staff route × every role, with things that don't exist: shut, open, or not found."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from models import LoginMethod, Role, Staff
from surveys.accounts.logins import begin_login
from surveys.accounts.people import add_staff
from surveys.web.access import RANK, Access, find_access
from tests.conftest import NOW
from tests.web.staff.conftest import BASE_URL, Browser

PLACE = re.compile(r"<(?:(?P<kind>[a-z]+)(?:\([^)]*\))?:)?[a-z_]+>")
CHOICE = re.compile(r"any\(([^)]*)\)")
GUARDED = Iterator[tuple[Rule, str, Access]]


@pytest.fixture
def browsers(app: Flask, session: Session) -> dict[Role, Browser]:
    """One browser a role, each signed in."""
    return {role: _enter(app, session, role) for role in Role}


def _enter(app: Flask, session: Session, role: Role) -> Browser:
    person: Staff = add_staff(
        session, email=f"{role}@example.edu.tr", role=role, language="tr", now=NOW
    )
    login = begin_login(session, staff=person, method=LoginMethod.PASSWORD, browser="", now=NOW)
    session.commit()
    browser = Browser(app.test_client())
    with browser.client.session_transaction(base_url=BASE_URL) as cookie:
        cookie["_user_id"] = login.login_id
    browser.get("/staff/account")
    return browser


def _guarded(app: Flask) -> GUARDED:
    """Each staff route by each of its methods, with what it asks."""
    for rule in app.url_map.iter_rules():
        access = find_access(app.view_functions[rule.endpoint])
        if access is not None and access.role is not None:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, access


def _fill(rule: Rule) -> str:
    """Return the route's path with things in it that don't exist."""

    def replace(found: re.Match[str]) -> str:
        choice = CHOICE.search(found[0])
        if choice:
            return choice[1].split(",")[0].strip().strip("'\"")
        return "999999" if found["kind"] == "int" else "not-there"

    return PLACE.sub(replace, rule.rule)


def _ask(browser: Browser, method: str, path: str) -> int:
    call = browser.get if method == "GET" else browser.post
    return call(path).status_code


def test_routes_open_by_role_and_to_nobody_below(app: Flask, browsers: dict[Role, Browser]) -> None:
    wrong = [
        (method, rule.rule, role.value)
        for rule, method, access in _guarded(app)
        for role in Role
        if (RANK[role] < RANK[access.role or Role.ADMIN])
        and _ask(browsers[role], method, _fill(rule)) != 403
    ]

    assert not wrong


def test_routes_are_shut_to_who_is_not_signed_in(app: Flask) -> None:
    browser = Browser(app.test_client())
    answers = {
        (method, rule.rule): _ask(browser, method, _fill(rule))
        for rule, method, _access in _guarded(app)
    }

    wrong = {
        route: status
        for route, status in answers.items()
        if status != (302 if route[0] == "GET" else 401)
    }
    assert not wrong


def test_things_that_do_not_exist_are_not_found(app: Flask, browsers: dict[Role, Browser]) -> None:
    admin = browsers[Role.ADMIN]
    answers = {
        (method, rule.rule): _ask(admin, method, _fill(rule))
        for rule, method, _access in _guarded(app)
        if PLACE.search(rule.rule)
    }

    # Ending a sign-in that has ended is no fault; a form that says nothing may be refused first.
    answers.pop(("POST", "/staff/logins/<int:row_id>/end"))
    refused = {400, 404, 422}
    assert {route: status for route, status in answers.items() if status not in refused} == {}


def test_forms_without_the_token_are_refused(app: Flask, browsers: dict[Role, Browser]) -> None:
    admin = browsers[Role.ADMIN]
    admin.token = ""
    wrong = {
        rule.rule: status
        for rule, method, _access in _guarded(app)
        if method == "POST" and (status := _ask(admin, method, _fill(rule))) != 400
    }

    assert not wrong
