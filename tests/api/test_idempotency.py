"""A POST under an Idempotency-Key is carried out once, however often it is sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask, Response, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import IdempotentRequest
from surveys.api.access import needs
from surveys.api.answers import json_answer
from surveys.api.idempotency import idempotent, keep_answer
from surveys.api.refusals import PreconditionFailed
from surveys.api_keys.scopes import Scope
from surveys.extensions import transaction
from surveys.jobs.table import get_job, run_job
from tests.api.conftest import PREFIX, ApiClient, MakeKey
from tests.conftest import SettableClock

KEY = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}


@pytest.fixture
def things(app: Flask) -> list[int]:
    """An operation that makes a thing, tells its number, and refuses what is told to be refused."""
    made: list[int] = []

    @needs(None)
    @idempotent
    def make_thing() -> Response:
        with transaction() as session:
            if request.args.get("refuse"):
                raise PreconditionFailed
            made.append(len(made) + 1)
            return keep_answer(session, json_answer({"n": made[-1]}, 201, headers={"ETag": '"1"'}))

    app.add_url_rule(f"{PREFIX}/things", "things", make_thing, methods=["POST"])
    return made


def test_second_request_gets_the_first_answer(api: ApiClient, things: list[int]) -> None:
    first = api.post("/things", json={"a": 1}, headers=KEY)
    second = api.post("/things", json={"a": 1}, headers=KEY)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert things == [1]


def test_quotes_around_the_key_do_not_matter(api: ApiClient, things: list[int]) -> None:
    api.post("/things", headers={"Idempotency-Key": '"one"'})
    api.post("/things", headers={"Idempotency-Key": "one"})

    assert things == [1]


def test_without_a_key_each_request_counts(api: ApiClient, things: list[int]) -> None:
    api.post("/things")
    api.post("/things")

    assert things == [1, 2]


@pytest.mark.parametrize("other", [{"json": {"a": 2}}, {"json": {"a": 1}, "query_string": "b=1"}])
def test_key_of_another_request_is_refused(
    api: ApiClient, things: list[int], other: dict[str, object]
) -> None:
    api.post("/things", json={"a": 1}, headers=KEY)

    answer = api.post("/things", headers=KEY, **other)

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == "idempotency_key_reused"
    assert things == [1]


def test_keys_of_two_systems_do_not_meet(
    api: ApiClient, make_key: MakeKey, things: list[int]
) -> None:
    api.post("/things", headers=KEY)
    api.with_key(make_key(*Scope)).post("/things", headers=KEY)

    assert things == [1, 2]


def test_running_request_is_not_run_again(
    api: ApiClient, things: list[int], session: Session
) -> None:
    api.post("/things", headers=KEY)
    row = session.scalars(select(IdempotentRequest)).one()
    row.status = row.answer_sealed = None
    session.commit()

    answer = api.post("/things", headers=KEY)

    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["code"] == "idempotency_in_flight"
    assert things == [1]


def test_key_of_a_dead_process_is_taken_over(
    api: ApiClient, things: list[int], session: Session, clock: SettableClock
) -> None:
    api.post("/things", headers=KEY)
    row = session.scalars(select(IdempotentRequest)).one()
    row.status = row.answer_sealed = None
    session.commit()
    clock.advance(timedelta(minutes=2))

    assert api.post("/things", headers=KEY).status_code == 201
    assert things == [1, 2]


def test_refused_request_frees_its_key(api: ApiClient, things: list[int]) -> None:
    refused = api.post("/things?refuse=1", headers=KEY)
    again = api.post("/things", headers=KEY)

    assert (refused.status_code, again.status_code) == (412, 201)
    assert things == [1]


def test_answer_is_kept_for_a_day(
    api: ApiClient, app: Flask, things: list[int], session: Session, clock: SettableClock
) -> None:
    api.post("/things", headers=KEY)
    clock.advance(timedelta(hours=23))
    run_job(app, get_job("drop-repeatable"))
    api.post("/things", headers=KEY)
    assert things == [1]

    clock.advance(timedelta(hours=1))
    assert run_job(app, get_job("drop-repeatable")) == {"dropped": 1}
    assert session.scalar(select(func.count(IdempotentRequest.id))) == 0
    api.post("/things", headers=KEY)
    assert things == [1, 2]


@pytest.mark.parametrize("key", ["", " ", "ş", "a" * 256, '"a', 'a"b'])
def test_malformed_key_is_refused(api: ApiClient, things: list[int], key: str) -> None:
    answer = api.post("/things", headers={"Idempotency-Key": key})

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"][0]["pointer"] == "#/header/Idempotency-Key"
    assert things == []


def test_kept_answer_is_sealed(api: ApiClient, things: list[int], session: Session) -> None:
    api.post("/things", headers=KEY)

    row = session.scalars(select(IdempotentRequest)).one()

    assert things
    assert row.answer_sealed
    assert b'"n"' not in row.answer_sealed


def test_sixteen_at_once_make_one_thing(app: Flask, api: ApiClient, things: list[int]) -> None:
    def post(_n: int) -> int:
        return ApiClient(app.test_client(), api.key).post("/things", headers=KEY).status_code

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(post, range(16)))

    assert set(statuses) <= {201, 409}
    assert things == [1]
