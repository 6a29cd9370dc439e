"""The documents that other systems read: the reference's shapes, the rooms' own figures."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from models import Indicator, IndicatorTarget, MailState, ManualCode, Revision, Survey
from surveys.indicators.finding import IndicatorUnknown
from surveys.reporting.indicators import indicator_document, indicator_year_document
from surveys.reporting.response_rates import response_rate_document
from surveys.reporting.revisions import read_indicator_revision, read_revision, survey_resource
from surveys.reporting.sight import NotVisible, Sight, find_survey
from surveys.reporting.surveys import read_headings, survey_document
from tests.conftest import NOW
from tests.crowd import add_people, answer_all, invite_all
from tests.factories import make_document, make_invitation, make_survey

ISTANBUL = ZoneInfo("Europe/Istanbul")
CODE = "PG3.3.5"
DONE: dict[str, Any] = {
    "mail_state": MailState.SENT,
    "started_at": NOW,
    "responded_at": NOW,
    "answered_count": 9,
    "applicable_count": 10,
}


def make_counted(session: Session, **over: Any) -> Survey:
    return make_survey(session, **{"indicator_code": CODE, "year": 2026, **over})


def add_target(session: Session, percent: str, *, year: int = 2026) -> None:
    indicator = Indicator(code=CODE, name={"tr": "Oran"}, denominator="registered", created_at=NOW)
    indicator.targets = [IndicatorTarget(year=year, value=Decimal(percent))]
    session.add(indicator)
    session.flush()


def set_changed(session: Session, at: datetime = NOW) -> None:
    """Let the counters have moved last at `at`: the database's own clock stands nowhere."""
    session.execute(update(Revision).values(changed_at=at))


def read_year(session: Session, year: int = 2026, **over: Any) -> dict[str, Any]:
    wanted = {"code": CODE, "year": year, "is_demo": False, "now": NOW, "zone": ISTANBUL, **over}
    return indicator_year_document(session, **wanted)


def test_survey_is_what_staff_published(session: Session) -> None:
    survey = make_counted(session, code="mezun-2026")
    heading = read_headings(session, survey_ids=[survey.id])[survey.id]

    assert survey_document(survey=survey, heading=heading, now=NOW) == {
        "id": f"srv_{survey.public_id}",
        "object": "survey",
        "code": "mezun-2026",
        "title": "Mezun Anketi",
        "status": "open",
        "confidentiality": "confidential",
        "opens_at": "2026-11-23T08:00:00Z",
        "closes_at": "2026-12-23T09:00:00Z",
        "indicator": CODE,
        "year": 2026,
        "links": {
            "self": f"/api/v1/surveys/srv_{survey.public_id}",
            "response_rate": f"/api/v1/surveys/srv_{survey.public_id}/response-rate",
        },
    }


def test_mails_that_came_back_lower_the_reach(session: Session) -> None:
    survey = make_counted(session)
    for state in (MailState.SENT, MailState.AWAY, MailState.MOVED, MailState.RETURNED):
        make_invitation(session, survey=survey, mail_state=state)
    make_invitation(session, survey=survey, **{**DONE, "mail_state": MailState.RETURNED})
    make_invitation(session, survey=survey, mail_state=MailState.NONE)

    document = response_rate_document(session, survey=survey, now=NOW)

    assert document["counts"]["invited"] == 5
    assert document["counts"]["undeliverable"] == 3
    reach = document["rates"][2]
    assert (reach["name"], reach["numerator"], reach["denominator"]) == ("reach", 2, 5)


def test_words_of_a_draft_are_not_told(session: Session) -> None:
    survey = make_counted(session)
    session.execute(update(Survey).values(definition=make_document(title={"tr": "Taslak"})))

    assert read_headings(session, survey_ids=[survey.id])[survey.id].title == "Mezun Anketi"


def test_survey_that_was_closed_early_ends_then(session: Session) -> None:
    survey = make_counted(session, closed_at=NOW - timedelta(minutes=1))
    heading = read_headings(session, survey_ids=[survey.id])[survey.id]

    document = survey_document(survey=survey, heading=heading, now=NOW)

    assert (document["status"], document["closes_at"]) == ("closed", "2026-11-23T08:59:00Z")


def test_response_rate_counts_every_case_once(session: Session) -> None:
    survey = make_counted(session)
    for over in (
        DONE,
        DONE,
        {**DONE, "answered_count": 6},
        {"mail_state": MailState.SENT, "started_at": NOW, "answered_count": 1,
         "applicable_count": 10},
        {"mail_state": MailState.SENT, "declined_at": NOW},
        {"mail_state": MailState.UNKNOWN},
        {"mail_state": MailState.SENT, "manual_code": ManualCode.NOT_A_GRADUATE},
        {},
    ):  # fmt: skip
        make_invitation(session, survey=survey, **over)

    document = response_rate_document(session, survey=survey, now=NOW)

    assert document["counts"] == {
        "audience": 8,
        "ineligible": 1,
        "not_sent": 1,
        "invited": 7,
        "undeliverable": 0,
        "opted_out": 1,
        "started": 4,
        "partial": 1,
        "completed": 2,
    }
    assert document["rates"] == [
        {"name": "rr1", "formula": "I/D1", "numerator": 2, "denominator": 7, "value": 0.2857},
        {"name": "rr2", "formula": "(I+P)/D1", "numerator": 3, "denominator": 7, "value": 0.4286},
        {"name": "reach", "formula": "1-bounced/sent", "numerator": 7, "denominator": 7,
         "value": 1.0},
    ]  # fmt: skip
    assert document["groups"] == []
    assert document["indicator"] == {"code": CODE, "year": 2026}
    assert document["links"]["indicator"] == "/api/v1/indicators/PG3.3.5/years/2026"


def test_response_rate_of_nobody_is_null(session: Session) -> None:
    survey = make_survey(session)

    document = response_rate_document(session, survey=survey, now=NOW)

    assert [rate["value"] for rate in document["rates"]] == [None, None, None]
    assert document["indicator"] is None
    assert document["links"]["indicator"] is None


def test_response_rate_belongs_to_its_revision(session: Session) -> None:
    survey = make_survey(session)
    make_invitation(session, survey=survey, **DONE)
    known = read_revision(session, resources=[survey_resource(survey.id)])
    assert known

    document = response_rate_document(session, survey=survey, now=NOW)

    assert document["revision"] == known.revision
    assert document["as_of"] == known.changed_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert document == response_rate_document(session, survey=survey, now=NOW + timedelta(days=1))


def test_groups_say_why_they_are_hidden(session: Session) -> None:
    survey = make_survey(session)
    for unit, number in (("Hukuk", 9), ("Tıp", 6), ("Fen", 3)):
        for _ in range(number):
            make_invitation(session, survey=survey, unit=unit)

    groups = response_rate_document(session, survey=survey, by="unit", now=NOW)["groups"]

    hidden = {"eligible": None, "completed": None, "rate": None, "suppressed": True}
    assert groups == [
        {"by": "unit", "value": "Fen", "within": None, **hidden, "reason": "small_group"},
        {"by": "unit", "value": "Hukuk", "within": None, "eligible": 9, "completed": 0,
         "rate": 0.0, "suppressed": False},
        {"by": "unit", "value": "Tıp", "within": None, **hidden, "reason": "complementary"},
    ]  # fmt: skip


@pytest.mark.parametrize("by", ["unit", "programme", "degree", "graduation_year"])
def test_narrower_reader_sees_part_of_what_a_wider_one_sees(session: Session, by: str) -> None:
    survey = make_survey(session)
    for number in range(40):
        make_invitation(
            session, survey=survey, unit=f"F{number % 2}", programme=f"P{number % 5}",
            graduation_year=2020 + number % 3,
        )  # fmt: skip

    wide = response_rate_document(session, survey=survey, by=by, now=NOW)
    narrow = response_rate_document(session, survey=survey, by=by, unit="F1", now=NOW)

    assert all(group in wide["groups"] for group in narrow["groups"])
    assert {**narrow, "groups": []} == {**wide, "groups": []}
    assert bool(narrow["groups"]) == (by in ("unit", "programme"))


def test_indicator_year_is_a_pair_of_integers_and_a_target(session: Session) -> None:
    add_target(session, "20")
    survey = make_counted(session)
    people = add_people(session, 40)
    invite_all(session, survey, people)
    answer_all(session, survey, people[:7])
    set_changed(session)

    document = read_year(session)

    known = read_indicator_revision(session, code=CODE, is_demo=False)
    assert document == {
        "object": "indicator_year",
        "code": CODE,
        "year": 2026,
        "population": 40,
        "respondents": 7,
        "value": 0.175,
        "target": 0.2,
        "needed": 8,
        "missing": 1,
        "status": "on_track",
        "formula": "respondents/registered",
        "surveys": [f"srv_{survey.public_id}"],
        "definition_version": 1,
        "frozen": False,
        "revision": known.revision,
        "as_of": "2026-11-23T09:00:00Z",
        "links": {
            "self": "/api/v1/indicators/PG3.3.5/years/2026",
            "indicator": "/api/v1/indicators/PG3.3.5",
        },
    }


@pytest.mark.parametrize(
    ("answered", "changed_at", "now", "status"),
    [
        (8, NOW, NOW, "met"),
        (4, NOW + timedelta(days=14), NOW, "on_track"),
        (3, NOW + timedelta(days=14), NOW, "at_risk"),
        (3, NOW, NOW + timedelta(days=15), "on_track"),
        (7, NOW + timedelta(days=99), NOW + timedelta(days=31), "at_risk"),
        (7, NOW, NOW + timedelta(days=99), "missed"),
    ],
)
def test_standing_hangs_on_the_counts_and_not_on_when_it_is_asked(
    session: Session, answered: int, changed_at: datetime, now: datetime, status: str
) -> None:
    add_target(session, "20")
    survey = make_counted(session)
    people = add_people(session, 40)
    invite_all(session, survey, people)
    answer_all(session, survey, people[:answered])
    set_changed(session, changed_at)

    assert read_year(session, now=now)["status"] == status


def test_year_without_target_or_people_has_no_standing(session: Session) -> None:
    document = read_year(session)

    assert (document["status"], document["value"]) == ("no_data", None)
    assert (document["target"], document["needed"], document["missing"]) == (None, None, None)


def test_indicator_revision_never_falls_when_a_survey_leaves_a_year(session: Session) -> None:
    survey = make_counted(session, closes_at=NOW + timedelta(days=60))
    before = read_indicator_revision(session, code=CODE, is_demo=False)

    session.execute(update(Survey).values(closes_at=NOW + timedelta(days=20)))

    after = read_indicator_revision(session, code=CODE, is_demo=False)
    assert after.revision > before.revision
    assert survey.launched_at


def test_indicator_names_its_years_newest_first(session: Session) -> None:
    add_target(session, "20", year=2025)
    make_counted(session)

    document = indicator_document(session, code=CODE, is_demo=False, now=NOW, zone=ISTANBUL)

    assert [year["year"] for year in document["years"]] == [2026, 2025]
    assert document["years"][1] == read_year(session, 2025)


@pytest.mark.parametrize("year", [2024, 2027])
def test_year_without_anything_is_not_there(session: Session, year: int) -> None:
    add_target(session, "20", year=2027)

    with pytest.raises(NotVisible):
        read_year(session, year)


def test_unknown_indicator_is_not_there(session: Session) -> None:
    with pytest.raises(IndicatorUnknown):
        read_year(session, code="PG9.9.9")


@pytest.mark.parametrize(
    ("over", "sight"),
    [
        ({"launched_at": None}, Sight(is_demo=False)),
        ({"is_demo": True}, Sight(is_demo=False)),
        ({}, Sight(is_demo=True)),
        ({}, Sight(is_demo=False, indicator_code="PG1.1.1")),
    ],
)
def test_what_is_out_of_sight_is_not_there(
    session: Session, over: dict[str, Any], sight: Sight
) -> None:
    survey = make_counted(session, **over)

    with pytest.raises(NotVisible):
        find_survey(session, name=f"srv_{survey.public_id}", sight=sight)


def test_survey_is_found_by_its_whole_name_only(session: Session) -> None:
    survey = make_counted(session)
    sight = Sight(is_demo=False, indicator_code=CODE)

    assert find_survey(session, name=f"srv_{survey.public_id}", sight=sight) is survey
    with pytest.raises(NotVisible):
        find_survey(session, name=survey.public_id, sight=sight)
