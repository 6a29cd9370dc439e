"""What every operation of the API shares: who is let in, and what stays outside."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ApiKey
from surveys.api.access import KeyAccess, OpenAccess
from surveys.api.signed_access import SignedAccess
from surveys.api_keys.scopes import Scope
from surveys.serving.access import find_access
from tests.api.conftest import PREFIX, ApiClient, MakeKey
from tests.conftest import SettableClock

OPEN = {"/api/v1/openapi.json", "/api/v1/docs"}
SIGNED = {"/api/v1/hooks/response-rates"}


def test_every_api_route_says_who_may_call_it(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    asked = {rule.rule: find_access(app.view_functions[rule.endpoint]) for rule in rules}

    assert all(rule.rule.startswith(PREFIX) for rule in rules)
    assert {r for r, a in asked.items() if a == OpenAccess()} <= OPEN
    assert {r for r, a in asked.items() if a == SignedAccess()} == SIGNED
    assert not [
        r for r, a in asked.items() if not isinstance(a, KeyAccess | OpenAccess | SignedAccess)
    ]


def test_key_opens_what_it_may(api: ApiClient) -> None:
    answer = api.get("/api-key")

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["scopes"] == sorted(Scope)
    assert answer.json["id"] == (api.key or "")[:12]


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer apk_aaaaaaaa",
        "Bearer apk_aaaaaaaa_",
        "Bearer apk_aaaaaaaa_ş",
        "Basic YTpi",
        "Bearer xyz_aaaaaaaa_bbbb",
    ],
)
def test_no_and_bad_keys_are_told_the_same(api: ApiClient, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}

    answer = api.with_key(None).get("/api-key", headers=headers)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json is not None
    assert answer.json["code"] == "unauthenticated"


def test_expired_revoked_and_altered_keys_are_told_the_same(
    api: ApiClient, make_key: MakeKey, clock: SettableClock
) -> None:
    now = clock.now()
    keys = [
        make_key(expires_at=now),
        make_key(revoked_at=now, revoked_by="ayse"),
        make_key()[:-1] + "-",
    ]

    answers = [api.with_key(key).get("/api-key") for key in keys]

    assert {a.status_code for a in answers} == {401}
    assert len({a.json["detail"] for a in answers if a.json}) == 1


def test_secret_may_hold_an_underscore(api: ApiClient, make_key: MakeKey) -> None:
    keys = [make_key() for _ in range(8)]

    assert {api.with_key(key).get("/api-key").status_code for key in keys} == {200}


def test_key_expires_at_its_moment(api: ApiClient, clock: SettableClock) -> None:
    clock.advance(timedelta(days=90))

    assert api.get("/api-key").status_code == 401


def test_first_use_of_a_day_is_written_down(
    api: ApiClient, make_key: MakeKey, session: Session, clock: SettableClock
) -> None:
    key = make_key(last_used_on=None)

    api.with_key(key).get("/api-key")
    clock.advance(timedelta(days=1))
    api.with_key(key).get("/api-key")

    used = session.scalar(select(ApiKey.last_used_on).where(ApiKey.public_id == key[4:12]))
    assert used == date(2026, 11, 24)


def test_refused_key_counts_as_unused(api: ApiClient, make_key: MakeKey, session: Session) -> None:
    key = make_key(last_used_on=None)

    api.with_key(key[:-1] + "-").get("/api-key")

    assert session.scalar(select(ApiKey.last_used_on).where(ApiKey.public_id == key[4:12])) is None


def test_pages_stay_pages(client: FlaskClient) -> None:
    missing = client.get("/nothing")
    wrong_method = client.post("/healthz")

    assert missing.status_code == 404
    assert missing.mimetype == wrong_method.mimetype == "text/html"
    assert wrong_method.status_code == 405


def test_unknown_address_below_api_is_a_problem(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nothing")

    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["code"] == "not_found"
    assert answer.json["instance"] == "/api/v1/nothing"
