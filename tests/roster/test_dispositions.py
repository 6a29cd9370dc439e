"""A staff member's word on a person, and what it makes of their cases."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from models import Alumnus, Invitation, ManualDisposition, ManualKind
from surveys.errors import DonutError
from surveys.roster.dispositions import Told, list_live, record_outcome, withdraw_outcome
from tests.conftest import NOW
from tests.factories import make_alumnus, make_invitation, make_survey

ISTANBUL = ZoneInfo("Europe/Istanbul")
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
DIED, STRANGER, PHONE = (
    ManualKind.DIED,
    ManualKind.NOT_A_GRADUATE,
    ManualKind.ANSWERED_BY_PHONE,
)


def _case(session: Session, person: Alumnus, **over: Any) -> Invitation:
    survey = make_survey(session, closes_at=NOW + 30 * DAY)
    return make_invitation(session, survey=survey, alumnus=person, **over)


def _tell(session: Session, person: Alumnus, kind: ManualKind, **over: Any) -> ManualDisposition:
    told = Told(kind, over.pop("reason", "Kardeşi aradı"), **over)
    return record_outcome(
        session, person=person, told=told, actor="staff:1", now=NOW, zone=ISTANBUL
    )


def test_stranger_leaves_every_case_and_every_count(session: Session) -> None:
    person = make_alumnus(session)
    cases = [_case(session, person), _case(session, person, started_at=NOW, responded_at=NOW)]

    row = _tell(session, person, STRANGER)

    assert [case.manual_code for case in cases] == ["4.10", "4.10"]
    assert person.ineligible_at == NOW
    assert (row.reason, row.created_by) == ("Kardeşi aradı", "staff:1")


@pytest.mark.parametrize(
    ("died_on", "code"),
    [
        (TODAY - DAY, "4.90"),
        (TODAY, "2.31"),
        (None, "2.31"),
    ],
)
def test_death_is_judged_by_the_day_of_the_first_mail(
    session: Session, died_on: date | None, code: str
) -> None:
    person = make_alumnus(session)
    case = _case(session, person, created_at=NOW - 9 * DAY, mailed_at=NOW)

    _tell(session, person, DIED, happened_on=died_on)

    assert case.manual_code == code


def test_death_after_the_field_leaves_the_case_as_it_was(session: Session) -> None:
    person = make_alumnus(session)
    over = make_survey(session, opens_at=NOW - 40 * DAY, closes_at=NOW - DAY)
    case = make_invitation(session, survey=over, alumnus=person, created_at=NOW - 40 * DAY)

    _tell(session, person, DIED)

    assert case.manual_code is None
    assert person.ineligible_at == NOW


def test_answer_by_phone_concerns_one_survey_only(session: Session) -> None:
    person = make_alumnus(session)
    first, second = _case(session, person), _case(session, person)

    _tell(session, person, PHONE, invitation=first)

    assert (first.manual_code, second.manual_code) == ("1.2", None)
    assert person.ineligible_at is None


def test_answer_by_phone_outlives_a_later_death_and_not_a_stranger(session: Session) -> None:
    answered_then_died, stranger = make_alumnus(session), make_alumnus(session)
    cases = [_case(session, person) for person in (answered_then_died, stranger)]
    for person, case in zip((answered_then_died, stranger), cases, strict=True):
        _tell(session, person, PHONE, invitation=case)

    _tell(session, answered_then_died, DIED)
    _tell(session, stranger, STRANGER)

    assert [case.manual_code for case in cases] == ["1.2", "4.10"]


def test_word_that_is_taken_back_leaves_what_still_stands(session: Session) -> None:
    person = make_alumnus(session)
    case = _case(session, person)
    _tell(session, person, PHONE, invitation=case)
    row = _tell(session, person, STRANGER)

    withdraw_outcome(session, outcome=row, actor="staff:2", now=NOW + DAY, zone=ISTANBUL)

    assert (case.manual_code, person.ineligible_at) == ("1.2", None)
    assert (row.withdrawn_by, row.withdrawn_at) == ("staff:2", NOW + DAY)
    assert [live.kind for live in list_live(session, person=person)] == [PHONE]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"kind": STRANGER, "reason": " \n"}, "reason_missing"),
        ({"kind": STRANGER, "reason": "x" * 501}, "reason_too_long"),
        ({"kind": DIED, "happened_on": TODAY + DAY}, "death_in_future"),
    ],
)
def test_word_is_refused_when_it_says_too_little_or_the_impossible(
    session: Session, told: dict[str, Any], code: str
) -> None:
    person = make_alumnus(session)

    with pytest.raises(DonutError) as refused:
        _tell(session, person, **told)

    assert refused.value.code == code


def test_second_word_on_the_person_is_refused_until_the_first_is_taken_back(
    session: Session,
) -> None:
    person = make_alumnus(session)
    row = _tell(session, person, STRANGER)

    with pytest.raises(DonutError) as refused:
        _tell(session, person, DIED)
    withdraw_outcome(session, outcome=row, actor="staff:1", now=NOW, zone=ISTANBUL)

    assert refused.value.code == "outcome_known"
    assert _tell(session, person, DIED).kind == DIED


def test_answer_by_phone_is_refused_when_the_person_answered(session: Session) -> None:
    person = make_alumnus(session)
    case = _case(session, person, started_at=NOW, responded_at=NOW)

    with pytest.raises(DonutError) as refused:
        _tell(session, person, PHONE, invitation=case)

    assert refused.value.code == "answered_already"
