"""How often a key may ask, and how often an address may come without a valid one."""

import re

import pytest
from limits.errors import StorageError

from surveys.extensions import counters
from surveys.settings import Settings
from tests.api.conftest import ApiClient, MakeKey
from tests.conftest import make_settings

HEADER = re.compile(r'"default";r=(\d+);t=(\d+)')


@pytest.fixture
def settings(database_url: str) -> Settings:
    return make_settings(database_url, API_REQUESTS_A_MINUTE="5", API_REFUSALS_A_MINUTE="3")


def test_limits_are_sixty_and_twenty_a_minute(database_url: str) -> None:
    usual = make_settings(database_url)

    assert (usual.api_requests_a_minute, usual.api_refusals_a_minute) == (60, 20)


def test_every_answer_tells_what_is_left(api: ApiClient) -> None:
    answers = [api.get("/api-key") for _ in range(5)]

    assert {a.headers["RateLimit-Policy"] for a in answers} == {'"default";q=5;w=60'}
    left = [HEADER.fullmatch(a.headers["RateLimit"]) for a in answers]
    assert [int(m[1]) for m in left if m] == [4, 3, 2, 1, 0]
    assert all(1 <= int(m[2]) <= 60 for m in left if m)
    assert not [name for a in answers for name, _value in a.headers if "X-Rate" in name]


def test_key_that_asks_too_often_waits(api: ApiClient, make_key: MakeKey) -> None:
    for _ in range(5):
        api.get("/api-key")

    answer = api.get("/api-key")

    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["RateLimit"].startswith('"default";r=0;')
    assert answer.json is not None
    assert answer.json["code"] == "rate_limited"
    assert api.with_key(make_key()).get("/api-key").status_code == 200


def test_refused_requests_of_a_key_count_too(api: ApiClient) -> None:
    for _ in range(5):
        api.get("/api-key?x=1")

    assert api.get("/api-key").status_code == 429


def test_address_that_guesses_keys_waits_but_valid_keys_go_on(api: ApiClient) -> None:
    guesses = [api.with_key("guess").get("/api-key").status_code for _ in range(5)]

    assert guesses == [401, 401, 401, 429, 429]
    assert api.get("/api-key").status_code == 200


def test_guesses_from_another_address_are_counted_apart(api: ApiClient) -> None:
    for _ in range(4):
        api.with_key(None).get("/api-key")

    other = api.with_key(None).get("/api-key", environ_overrides={"REMOTE_ADDR": "10.9.9.9"})

    assert other.status_code == 401


def test_counters_out_of_reach_are_an_outage(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise StorageError(ConnectionError("nobody there"))

    with api.client.application.app_context():
        monkeypatch.setattr(counters().storage, "incr", fail)

    answer = api.get("/api-key")

    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["code"] == "unavailable"
