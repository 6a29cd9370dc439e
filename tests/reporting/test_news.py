"""What other systems are told of surveys and years, and that each thing is told once."""

from collections import Counter
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Survey, WebhookEvent
from surveys.reporting.announced import TARGET_MET, Terms
from surveys.reporting.survey_news import announce_survey, find_surveys_to_tell
from surveys.reporting.year_news import Year, announce_year, find_years_to_tell
from surveys.webhooks.types import EVENT_TYPES, EventType
from tests.conftest import NOW
from tests.crowd import add_people, answer_all, invite_all
from tests.factories import make_survey
from tests.reporting.test_documents import CODE, add_target, make_counted

BASE_URL = "https://anket.example.edu.tr"
QUARTER = timedelta(minutes=15)
THIS_YEAR = Year(CODE, 2026, is_demo=False)


def at(moment: datetime) -> Terms:
    zone = ZoneInfo("Europe/Istanbul")
    return Terms(now=moment, zone=zone, base_url=BASE_URL, coalesce=QUARTER)


def tell(session: Session, moment: datetime = NOW) -> list[str]:
    """Tell all that is due at `moment`; return the types of the events that it made."""
    known = set(session.scalars(select(WebhookEvent.id)))
    terms = at(moment)
    for survey_id in find_surveys_to_tell(session, terms=terms):
        announce_survey(session, survey_id=survey_id, terms=terms)
    return [event.type for event in list_events(session) if event.id not in known]


def tell_years(session: Session, moment: datetime = NOW) -> list[str]:
    known = set(session.scalars(select(WebhookEvent.id)))
    terms = at(moment)
    for year in find_years_to_tell(session, terms=terms):
        announce_year(session, year=year, terms=terms)
    return [event.type for event in list_events(session) if event.id not in known]


def list_events(session: Session) -> list[WebhookEvent]:
    return list(session.scalars(select(WebhookEvent).order_by(WebhookEvent.id)))


def change(session: Session, survey: Survey, number: int = 1) -> None:
    invite_all(session, survey, add_people(session, number))


def test_open_survey_is_told_with_its_rate(session: Session) -> None:
    survey = make_counted(session)
    people = add_people(session, 8)
    invite_all(session, survey, people)
    answer_all(session, survey, people[:2])

    told = tell(session)

    assert told == ["survey.opened", "response_rate.updated"]
    opened, rate = list_events(session)
    href = f"{BASE_URL}/api/v1/surveys/srv_{survey.public_id}"
    assert opened.data["href"] == href
    assert rate.data == {
        "survey_id": f"srv_{survey.public_id}",
        "indicator": CODE,
        "year": 2026,
        "revision": rate.revision,
        "completed": 2,
        "eligible": 8,
        "rate": 0.25,
        "href": f"{href}/response-rate",
    }


def test_every_event_has_the_fields_that_its_type_promises(session: Session) -> None:
    add_target(session, "10")
    survey = make_counted(session)
    people = add_people(session, 8)
    invite_all(session, survey, people)
    answer_all(session, survey, people)
    tell_years(session)
    tell(session, NOW + timedelta(days=60))

    events = list_events(session)

    assert {event.type for event in events} == {
        kind for kind in EventType if not kind.startswith("endpoint.")
    }
    for event in events:
        assert event.data.keys() == EVENT_TYPES[EventType(event.type)].fields.keys()
        assert event.indicator_code == CODE


def test_unchanged_survey_is_told_once(session: Session) -> None:
    make_survey(session)
    tell(session)

    assert tell(session) == []
    assert tell(session, NOW + timedelta(days=1)) == []


def test_drafts_are_never_told(session: Session) -> None:
    make_survey(session, launched_at=None)

    assert tell(session) == []


def test_opening_is_told_when_it_comes(session: Session) -> None:
    make_survey(session, opens_at=NOW + timedelta(hours=1))

    assert tell(session) == ["response_rate.updated"]
    assert tell(session, NOW + timedelta(hours=1)) == ["survey.opened"]


def test_changes_are_gathered_for_a_quarter_of_an_hour(session: Session) -> None:
    survey = make_survey(session)
    tell(session)
    change(session, survey)
    early = tell(session, NOW + QUARTER - timedelta(seconds=1))
    change(session, survey)

    late = tell(session, NOW + QUARTER)

    assert (early, late) == ([], ["response_rate.updated"])
    assert list_events(session)[-1].data["eligible"] == 2


def test_end_is_told_at_once_with_the_last_rate(session: Session) -> None:
    survey = make_survey(session, closes_at=NOW + timedelta(minutes=5))
    tell(session)
    change(session, survey)

    told = tell(session, NOW + timedelta(minutes=5))

    assert told == ["survey.closed", "response_rate.updated"]
    assert list_events(session)[-1].data["eligible"] == 1
    assert tell(session, NOW + timedelta(minutes=6)) == []


def test_survey_closed_by_hand_is_told_with_when_it_ended(session: Session) -> None:
    survey = make_survey(session)
    tell(session)
    survey.closed_at = NOW + timedelta(minutes=1)
    session.flush()

    assert tell(session, NOW + timedelta(minutes=1)) == ["survey.closed", "response_rate.updated"]
    closed = next(event for event in list_events(session) if event.type == "survey.closed")
    assert closed.data["closes_at"] == "2026-11-23T09:01:00Z"


def test_answers_after_the_end_are_told_later(session: Session) -> None:
    survey = make_survey(session)
    ended = NOW + timedelta(days=60)
    tell(session, ended)
    change(session, survey)

    assert tell(session, ended + timedelta(minutes=1)) == []
    assert tell(session, ended + QUARTER) == ["response_rate.updated"]


def test_demo_surveys_are_told_in_their_own_world(session: Session) -> None:
    make_survey(session, is_demo=True)
    tell(session)

    assert {event.is_demo for event in list_events(session)} == {True}


def test_revision_orders_what_is_said_of_one_survey(session: Session) -> None:
    survey = make_survey(session)
    for number in range(4):
        change(session, survey)
        tell(session, NOW + number * QUARTER)

    rates = [event for event in list_events(session) if event.type == "response_rate.updated"]

    assert [event.data["eligible"] for event in rates] == [1, 2, 3, 4]
    assert [event.revision for event in rates] == sorted({event.revision for event in rates})
    assert len({event.resource for event in rates}) == 1


@pytest.fixture
def year(session: Session) -> tuple[Survey, Any]:
    """A survey of 40 people for a target of 8; 7 have answered, and that was told."""
    add_target(session, "20")
    survey = make_counted(session)
    people = add_people(session, 40)
    invite_all(session, survey, people)
    answer_all(session, survey, people[:7])
    assert tell_years(session) == ["indicator.updated"]
    return survey, people


def test_reached_target_is_told_at_once_and_once(session: Session, year: Any) -> None:
    survey, people = year
    answer_all(session, survey, people[7:8])
    soon = NOW + timedelta(seconds=10)

    told = tell_years(session, soon)
    answer_all(session, survey, people[8:9])

    assert told == ["indicator.target_met", "indicator.updated"]
    assert tell_years(session, soon + timedelta(seconds=10)) == []
    assert tell_years(session, soon + QUARTER) == ["indicator.updated"]


def test_reached_target_names_the_surveys_whose_rate_is_told_at_once(
    session: Session, year: Any
) -> None:
    survey, people = year
    tell(session)
    answer_all(session, survey, people[7:8])

    told = announce_year(session, year=THIS_YEAR, terms=at(NOW))
    announce_survey(session, survey_id=survey.id, terms=at(NOW), at_once=TARGET_MET)

    assert told.survey_ids == [survey.id]
    assert list_events(session)[-1].type == "response_rate.updated"
    assert list_events(session)[-1].data["completed"] == 8


def test_year_with_the_same_figures_is_not_told_again(session: Session, year: Any) -> None:
    survey, _people = year
    survey.paused_at = NOW
    session.flush()

    assert find_years_to_tell(session, terms=at(NOW + QUARTER)) == [THIS_YEAR]
    assert tell_years(session, NOW + QUARTER) == []
    assert find_years_to_tell(session, terms=at(NOW + 2 * QUARTER)) == []


def test_year_that_ends_short_of_its_target_is_told_as_missed(session: Session, year: Any) -> None:
    told = tell_years(session, NOW + timedelta(days=60))

    assert told == ["indicator.updated"]
    assert list_events(session)[-1].data["status"] == "missed"
    assert tell_years(session, NOW + timedelta(days=61)) == []
    assert year


def test_indicator_without_a_definition_is_not_told(session: Session) -> None:
    make_survey(session, indicator_code="PG9.9.9", year=2026)

    assert tell_years(session) == []


@pytest.mark.postgresql
def test_two_processes_at_once_tell_each_thing_once(session: Session) -> None:
    survey = make_counted(session)
    change(session, survey, 5)
    survey_id = survey.id
    session.commit()
    ready, engine = Barrier(4), session.get_bind()

    def work() -> None:
        with Session(engine) as own:
            ready.wait()
            announce_year(own, year=THIS_YEAR, terms=at(NOW))
            announce_survey(own, survey_id=survey_id, terms=at(NOW))
            own.commit()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert Counter(event.type for event in list_events(session)) == {
        "survey.opened": 1,
        "response_rate.updated": 1,
        "indicator.updated": 1,
    }
