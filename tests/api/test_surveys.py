"""Surveys as other systems list them: what was launched, in pages, within the key's sight."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import Survey
from surveys.api_keys.scopes import Scope
from tests.api.conftest import ApiClient, MakeKey
from tests.conftest import NOW, SettableClock
from tests.factories import make_survey


@pytest.fixture
def surveys(session: Session) -> list[str]:
    """Five launched surveys and a draft; return the launched ones' names, the newest first."""
    spans = [(-50, -20), (-40, -10), (-2, 20), (-1, 30), (5, 40)]
    made = [
        make_survey(
            session,
            opens_at=NOW + timedelta(days=opens),
            closes_at=NOW + timedelta(days=closes),
            indicator_code="PG3.3.5" if opens < 0 else None,
            year=2025 + (number > 1),
        )
        for number, (opens, closes) in enumerate(spans)
    ]
    make_survey(session, launched_at=None)
    names = [f"srv_{survey.public_id}" for survey in reversed(made)]
    session.commit()
    return names


def names(api: ApiClient, path: str) -> list[str]:
    answer = api.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return [survey["id"] for survey in answer.json["data"]]


def test_launched_surveys_are_listed_newest_first(api: ApiClient, surveys: list[str]) -> None:
    assert names(api, "/surveys") == surveys


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("status=open", [1, 2]),
        ("status=closed", [3, 4]),
        ("status=scheduled", [0]),
        ("status=paused", []),
        ("year=2025", [3, 4]),
        ("indicator=PG3.3.5", [1, 2, 3, 4]),
        ("indicator=PG3.3.5&status=open", [1, 2]),
        ("indicator=PG9", []),
    ],
)
def test_list_is_narrowed(
    api: ApiClient, surveys: list[str], query: str, places: list[int]
) -> None:
    assert names(api, f"/surveys?{query}") == [surveys[place] for place in places]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("status=draft", "#/query/status"),
        ("limit=0", "#/query/limit"),
        ("limit=201", "#/query/limit"),
        ("year=٣", "#/query/year"),
        ("yaer=2026", "#/query/yaer"),
        ("indicator=", "#/query/indicator"),
        ("cursor=nonsense", "#/query/cursor"),
        ("limit=1&limit=2", "#/query/limit"),
    ],
)
def test_what_is_not_understood_is_refused(
    api: ApiClient, surveys: list[str], query: str, pointer: str
) -> None:
    answer = api.get(f"/surveys?{query}")

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"][0]["pointer"] == pointer
    assert surveys


def test_pages_follow_each_other_while_surveys_are_added(
    api: ApiClient, surveys: list[str], session: Session
) -> None:
    first = api.get("/surveys?limit=2").json
    make_survey(session)
    session.commit()

    assert first is not None
    second = names(api, f"/surveys?limit=2&cursor={first['next_cursor']}")

    assert [survey["id"] for survey in first["data"]] + second == surveys[:4]


def test_last_page_has_no_next_one(api: ApiClient, surveys: list[str]) -> None:
    answer = api.get(f"/surveys?limit={len(surveys)}")

    assert answer.json is not None
    assert answer.json["next_cursor"] is None
    assert "Link" not in answer.headers


def test_link_header_leads_to_the_next_page(api: ApiClient, surveys: list[str]) -> None:
    answer = api.get("/surveys?limit=3&indicator=PG3.3.5")

    link = answer.headers["Link"]
    assert link.startswith("<http")
    assert link.endswith('>; rel="next"')
    path = link[1 : link.index(">")].partition("/api/v1")[2]
    assert names(api, path) == surveys[4:]


def test_cursor_fits_its_own_list_only(api: ApiClient, surveys: list[str]) -> None:
    first = api.get("/surveys?limit=2").json
    assert first is not None
    cursor = first["next_cursor"]

    answers = [
        api.get(f"/surveys?status=open&cursor={cursor}"),
        api.get(f"/response-rates?cursor={cursor}"),
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert surveys


def test_one_survey_is_shown(api: ApiClient, surveys: list[str]) -> None:
    answer = api.get(f"/surveys/{surveys[1]}")

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["id"] == surveys[1]
    assert answer.json["status"] == "open"


def test_survey_that_closes_by_the_clock_has_another_tag(
    api: ApiClient, surveys: list[str], clock: SettableClock
) -> None:
    path = f"/surveys/{surveys[1]}"
    tag = api.get(path).headers["ETag"]
    same = api.get(path, headers={"If-None-Match": tag})
    clock.advance(timedelta(days=31))

    other = api.get(path, headers={"If-None-Match": tag})

    assert (same.status_code, other.status_code) == (304, 200)
    assert other.json is not None
    assert other.json["status"] == "closed"


@pytest.mark.parametrize("name", ["srv_aaaaaaaaaaaaa", "srv_", "1", "srv_a/b", "ş"])
def test_survey_that_is_not_there(api: ApiClient, name: str) -> None:
    answer = api.get(f"/surveys/{name}")

    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["code"] == "not_found"


def test_key_sees_its_indicator_and_its_world_only(
    api: ApiClient, make_key: MakeKey, surveys: list[str], session: Session
) -> None:
    demo: Survey = make_survey(session, is_demo=True)
    session.commit()
    scope = Scope.SURVEYS_READ
    narrow = api.with_key(make_key(scope, indicator_code="PG3.3.5"))
    invented = api.with_key(make_key(scope, is_demo=True))

    assert names(narrow, "/surveys") == surveys[1:]
    assert narrow.get(f"/surveys/{surveys[0]}").status_code == 404
    assert names(invented, "/surveys") == [f"srv_{demo.public_id}"]
    assert invented.get(f"/surveys/{surveys[1]}").status_code == 404


def test_scope_is_needed(api: ApiClient, make_key: MakeKey) -> None:
    answer = api.with_key(make_key(Scope.RATES_READ)).get("/surveys")

    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["code"] == "scope_missing"
