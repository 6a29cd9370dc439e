"""Rates as other systems pull them: only when they changed, each with its revision."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import QueuePool, event, text, update
from sqlalchemy.orm import Session

from models import Revision, Survey
from surveys.api_keys.scopes import Scope
from surveys.extensions import db, glance, reader, transaction
from tests.api.conftest import ApiClient, MakeKey
from tests.conftest import NOW, SettableClock
from tests.crowd import add_people, answer_all, invite_all
from tests.factories import make_survey
from tests.reporting.test_documents import add_target

CODE = "PG3.3.5"


@pytest.fixture
def survey(session: Session) -> Survey:
    """An open survey of 40 people, 7 of whom answered."""
    add_target(session, "20")
    made = make_survey(session, indicator_code=CODE, year=2026)
    people = add_people(session, 40)
    invite_all(session, made, people, unit="Hukuk", programme="Hukuk", degree="Lisans")
    answer_all(session, made, people[:7])
    session.refresh(made)
    # No read of the test's own stays open, in which the callers' writes would not be seen.
    session.expunge(made)
    session.commit()
    return made


def path_of(survey: Survey) -> str:
    return f"/surveys/srv_{survey.public_id}/response-rate"


def answer_one_more(session: Session, survey: Survey) -> None:
    mine = session.get_one(Survey, survey.id)
    invite_all(session, mine, add_people(session, 1))
    session.commit()


def test_rate_names_what_it_is_made_of(api: ApiClient, survey: Survey) -> None:
    answer = api.get(path_of(survey))

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["rates"][0] == {
        "name": "rr1", "formula": "I/D1", "numerator": 7, "denominator": 40, "value": 0.175,
    }  # fmt: skip
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer.vary
    assert "Accept-Language" in answer.vary
    assert answer.headers["Last-Modified"]


def test_tag_holds_the_revision(api: ApiClient, survey: Survey) -> None:
    answer = api.get(path_of(survey))

    assert answer.json is not None
    kind, revision, version, digest = answer.headers["ETag"].strip('"').split("-")
    assert (kind, int(revision), version) == ("rr", answer.json["revision"], "v1")
    assert len(digest) == 8


@pytest.mark.parametrize("form", ["{0}", "W/{0}", '"other", {0}', "*"])
def test_what_the_caller_has_is_not_sent_again(api: ApiClient, survey: Survey, form: str) -> None:
    tag = api.get(path_of(survey)).headers["ETag"]

    answer = api.get(path_of(survey), headers={"If-None-Match": form.format(tag)})

    assert answer.status_code == 304
    assert answer.data == b""
    assert answer.headers["ETag"] == tag


def test_unchanged_rate_is_answered_before_anything_is_counted(
    app: Flask, api: ApiClient, survey: Survey
) -> None:
    tag = api.get(path_of(survey)).headers["ETag"]
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    answer = api.get(path_of(survey), headers={"If-None-Match": tag})
    event.remove(engine, "before_cursor_execute", note)

    assert answer.status_code == 304
    assert statements
    assert not [statement for statement in statements if "invitation" in statement]


def test_changed_rate_is_sent(api: ApiClient, survey: Survey, session: Session) -> None:
    tag = api.get(path_of(survey)).headers["ETag"]
    answer_one_more(session, survey)

    answer = api.get(path_of(survey), headers={"If-None-Match": tag})

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["counts"]["audience"] == 41


def test_equal_revisions_are_equal_bytes(
    api: ApiClient, survey: Survey, clock: SettableClock, app: Flask
) -> None:
    first = api.get(path_of(survey))
    clock.advance(timedelta(days=1))
    kept = api.get(path_of(survey))
    app.extensions["donut_documents"].__init__()
    made_again = api.get(path_of(survey))

    assert first.data == kept.data == made_again.data
    assert first.headers["ETag"] == made_again.headers["ETag"]


def test_each_view_of_a_revision_has_a_tag_of_its_own(
    api: ApiClient, make_key: MakeKey, survey: Survey
) -> None:
    narrow = api.with_key(make_key(Scope.RATES_READ, unit="Hukuk"))
    tags = [
        asker.get(path_of(survey) + query).headers["ETag"]
        for asker in (api, narrow)
        for query in ("", "?by=unit", "?by=programme")
    ]

    assert len(set(tags)) == len(tags)


def test_narrow_key_is_never_given_what_a_wide_one_was(
    api: ApiClient, make_key: MakeKey, survey: Survey
) -> None:
    wide = api.get(f"{path_of(survey)}?by=unit").json
    narrow = api.with_key(make_key(Scope.RATES_READ, unit="Tıp")).get(f"{path_of(survey)}?by=unit")

    assert wide is not None
    assert narrow.json is not None
    assert wide["groups"]
    assert narrow.json["groups"] == []


def test_unknown_breakdown_is_refused(api: ApiClient, survey: Survey) -> None:
    answer = api.get(f"{path_of(survey)}?by=email")

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"][0]["pointer"] == "#/query/by"


def list_ids(api: ApiClient, query: str = "") -> list[str]:
    answer = api.get(f"/response-rates{query}")
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return [rate["id"] for rate in answer.json["data"]]


@pytest.fixture
def changed(session: Session) -> list[str]:
    """Four surveys that changed an hour after each other, the first at NOW; their rates' names."""
    made = [make_survey(session, closes_at=NOW + timedelta(days=60)) for _ in range(4)]
    for number, survey in enumerate(made):
        session.execute(
            update(Revision)
            .where(Revision.resource == f"survey:{survey.id}")
            .values(changed_at=NOW + timedelta(hours=number))
        )
    names = [f"rr_{survey.public_id}" for survey in made]
    session.commit()
    return names


@pytest.mark.parametrize(
    ("since", "first"),
    [
        (NOW - timedelta(days=1), 0),
        (NOW + timedelta(minutes=4), 0),
        (NOW + timedelta(minutes=6), 1),
        (NOW + timedelta(hours=3), 3),
        (NOW + timedelta(days=1), 4),
    ],
)
def test_only_what_changed_since_and_a_little_before(
    api: ApiClient, changed: list[str], since: datetime, first: int
) -> None:
    written = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert list_ids(api, f"?updated_since={written}") == changed[first:]


def test_survey_that_ended_by_the_clock_has_changed(
    api: ApiClient, changed: list[str], session: Session, clock: SettableClock
) -> None:
    ending = session.query(Survey).order_by(Survey.id).first()
    assert ending
    revision = update(Revision).where(Revision.resource == f"survey:{ending.id}")
    ending.closes_at = NOW + timedelta(days=3)
    session.flush()
    session.execute(revision.values(changed_at=NOW))
    session.commit()
    clock.advance(timedelta(days=4))

    assert list_ids(api, "?updated_since=2026-11-25T09:00:00Z") == [changed[0]]


def test_change_while_pages_are_read_comes_twice_and_is_not_missed(
    api: ApiClient, changed: list[str], session: Session
) -> None:
    first = api.get("/response-rates?limit=2").json
    assert first is not None
    moved = session.query(Survey).order_by(Survey.id).first()
    assert moved
    session.execute(
        update(Revision)
        .where(Revision.resource == f"survey:{moved.id}")
        .values(changed_at=NOW + timedelta(days=1))
    )
    session.commit()

    rest = list_ids(api, f"?limit=5&cursor={first['next_cursor']}")

    assert [rate["id"] for rate in first["data"]] == changed[:2]
    assert rest == [*changed[2:], changed[0]]


def test_list_that_did_not_change_is_not_sent_again(
    api: ApiClient, changed: list[str], session: Session
) -> None:
    tag = api.get("/response-rates").headers["ETag"]
    same = api.get("/response-rates", headers={"If-None-Match": tag})
    survey = session.query(Survey).order_by(Survey.id).first()
    assert survey
    answer_one_more(session, survey)

    other = api.get("/response-rates", headers={"If-None-Match": tag})

    assert (same.status_code, other.status_code) == (304, 200)
    assert changed


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-21",
        "2026-11-21T02:00:00",
        "yesterday",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_moment_without_zone_or_out_of_range_is_refused(api: ApiClient, value: str) -> None:
    answer = api.get("/response-rates", query_string={"updated_since": value})

    assert answer.status_code == 422


def test_indicator_year_is_read(api: ApiClient, survey: Survey) -> None:
    answer = api.get(f"/indicators/{CODE}/years/2026")

    assert answer.json is not None
    assert (answer.json["population"], answer.json["respondents"]) == (40, 7)
    assert (answer.json["needed"], answer.json["missing"]) == (8, 1)
    assert answer.json["surveys"] == [f"srv_{survey.public_id}"]


def test_indicator_tells_all_its_years(api: ApiClient, survey: Survey) -> None:
    answer = api.get(f"/indicators/{CODE}")

    assert answer.json is not None
    assert [year["year"] for year in answer.json["years"]] == [2026]
    assert survey


def test_indicator_changes_with_the_roster_and_with_the_turn_of_the_year(
    api: ApiClient, survey: Survey, session: Session, clock: SettableClock
) -> None:
    path = f"/indicators/{CODE}/years/2026"
    tag = api.get(path).headers["ETag"]
    same = api.get(path, headers={"If-None-Match": tag})
    add_people(session, 1)
    session.commit()
    grown = api.get(path, headers={"If-None-Match": tag})
    clock.advance(timedelta(days=60))
    over = api.get(path, headers={"If-None-Match": grown.headers["ETag"]})

    assert (same.status_code, grown.status_code, over.status_code) == (304, 200, 200)
    assert over.json is not None
    assert over.json["status"] == "missed"
    assert survey


@pytest.mark.parametrize(
    "path",
    [
        "/indicators/PG9.9.9",
        "/indicators/PG3.3.5/years/2019",
        "/indicators/PG3.3.5/years/2027",
        "/indicators/PG3.3.5/years/99999999999999999999999999",
        "/surveys/srv_aaaaaaaaaaaaa/response-rate",
    ],
)
def test_what_is_not_there(api: ApiClient, survey: Survey, path: str) -> None:
    assert api.get(path).status_code == 404
    assert survey


def test_key_of_another_indicator_or_world_sees_nothing(
    api: ApiClient, make_key: MakeKey, survey: Survey
) -> None:
    other = api.with_key(make_key(Scope.RATES_READ, indicator_code="PG1.1.1"))
    invented = api.with_key(make_key(Scope.RATES_READ, is_demo=True))
    year = invented.get(f"/indicators/{CODE}/years/2026").json

    assert {asker.get(path_of(survey)).status_code for asker in (other, invented)} == {404}
    assert list_ids(other) == list_ids(invented) == []
    assert other.get(f"/indicators/{CODE}").status_code == 404
    assert year is not None
    assert (year["population"], year["surveys"]) == (0, [])


@pytest.mark.usefixtures("session")
def test_request_never_holds_two_connections(app: Flask) -> None:
    """As many threads as connections would wait for each other's second one for ever."""
    with app.app_context():
        pool = db.engine.pool
        assert isinstance(pool, QueuePool)
        before = pool.checkedout()
        glance().execute(text("SELECT 1"))
        looking = pool.checkedout()
        reader().execute(text("SELECT 1"))
        reading = pool.checkedout()
        reader().rollback()
        with transaction() as session:
            session.execute(text("SELECT 1"))
            writing = pool.checkedout()
        glance().execute(text("SELECT 1"))
    assert (looking - before, reading - before, writing - before) == (1, 1, 1)
    assert pool.checkedout() == before
