"""What PG3.3.5 counts: different people, once each, in a local year, over a named denominator."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from models import Alumnus, Denominator, Survey
from surveys.indicators.counting import first_answers, period_of
from surveys.indicators.definition import Definition
from surveys.indicators.finding import get_definition
from surveys.indicators.loading import save_indicator
from surveys.indicators.value import IndicatorValue, measure
from surveys.rates.curve import cumulate, list_slices
from surveys.rates.formulas import Rate
from tests.conftest import NOW
from tests.crowd import add_people, answer_all, invite_all
from tests.factories import make_alumnus, make_invitation, make_survey

ISTANBUL = ZoneInfo("Europe/Istanbul")
CODE = "PG3.3.5"


def _measure(session: Session, *, year: int = 2026, **over: Any) -> IndicatorValue:
    values = {"now": NOW, "is_demo": False, **over}
    return measure(session, code=CODE, year=year, zone=ISTANBUL, **values)


def _define(session: Session, *, is_demo: bool = False, **over: Any) -> None:
    definition = Definition(code=CODE, name={"tr": "Oran", "en": "Rate"}, **over)
    save_indicator(session, definition=definition, is_demo=is_demo, now=NOW)


def _survey(session: Session, **over: Any) -> Survey:
    return make_survey(session, indicator_code=CODE, **over)


def _answer(session: Session, alumnus: Alumnus, survey: Survey, **over: Any) -> None:
    columns = {"started_at": NOW, "responded_at": NOW, "answered_count": 9, "applicable_count": 10}
    make_invitation(session, survey=survey, alumnus=alumnus, **{**columns, **over})


def test_value_counts_a_person_once_over_two_surveys(session: Session) -> None:
    people = add_people(session, 3581)
    first, second = _survey(session), _survey(session)
    invite_all(session, first, people[:3000])
    answer_all(session, first, people[:400])
    invite_all(session, second, people[330:1230])
    answer_all(session, second, people[330:450])

    value = _measure(session)

    assert value.rate == Rate(450, 3581)
    assert value.value == Decimal("12.57")


def test_curve_ends_at_the_value(session: Session) -> None:
    people = add_people(session, 20)
    first, second = _survey(session), _survey(session)
    for survey in (first, second):
        invite_all(session, survey, people)
    answer_all(session, first, people[:7])
    answer_all(session, second, people[5:9], at=NOW - timedelta(days=1))
    known = get_definition(session, code=CODE, is_demo=False)
    instants = first_answers(known, period_of(2026, now=NOW, zone=ISTANBUL))

    points = cumulate(list_slices(session, instants=instants), zone=ISTANBUL)

    assert [point.count for point in points] == [4, 9]
    assert _measure(session).rate.numerator == points[-1].count


def test_answer_belongs_to_the_local_year(session: Session) -> None:
    last_evening = datetime(2025, 12, 31, 21, 30, tzinfo=UTC)
    survey = _survey(session, opens_at=last_evening - timedelta(days=9))
    before = last_evening - timedelta(hours=1)
    _answer(session, make_alumnus(session), survey, started_at=before, responded_at=last_evening)

    assert _measure(session, year=2026).rate.numerator == 1
    assert _measure(session, year=2025).rate.numerator == 0
    assert _measure(session, year=2027).rate.numerator == 0


@pytest.mark.parametrize(
    ("counts_partials", "columns", "numerator"),
    [
        (False, {}, 1),
        (False, {"answered_count": 6}, 0),
        (True, {"answered_count": 6}, 1),
        (True, {"answered_count": 4}, 0),
        (True, {"responded_at": None}, 0),
        (False, {"answered_count": 1, "is_core_answered": True}, 1),
        (False, {"declined_at": NOW}, 1),
    ],
)
def test_answer_counts_when_it_is_valid(
    session: Session, counts_partials: Any, columns: dict[str, Any], numerator: int
) -> None:
    _define(session, counts_partials=counts_partials)
    _answer(session, make_alumnus(session), _survey(session), **columns)

    assert _measure(session).rate.numerator == numerator


@pytest.mark.parametrize("over", [{"indicator_code": "PG1"}, {"indicator_code": None}])
def test_answer_to_a_survey_of_another_indicator_does_not_count(
    session: Session, over: dict[str, Any]
) -> None:
    _answer(session, make_alumnus(session), make_survey(session, **over))

    assert _measure(session).rate == Rate(0, 1)


def test_demo_and_real_never_count_together(session: Session) -> None:
    _answer(session, make_alumnus(session, is_demo=True), _survey(session, is_demo=True))
    _answer(session, make_alumnus(session, is_demo=True), _survey(session))
    make_alumnus(session)
    make_alumnus(session)

    assert _measure(session, is_demo=False).rate == Rate(0, 2)
    assert _measure(session, is_demo=True).rate == Rate(1, 2)


def test_registered_are_those_of_the_cut_off_with_the_erased(session: Session) -> None:
    make_alumnus(session, registered_at=datetime(2025, 12, 31, 20, 59, tzinfo=UTC))
    make_alumnus(session, registered_at=datetime(2025, 12, 31, 21, 0, tzinfo=UTC))
    make_alumnus(session, registered_at=NOW, erased_at=NOW)
    make_alumnus(session, registered_at=NOW + timedelta(seconds=1))

    assert _measure(session, year=2025).rate.denominator == 1
    assert _measure(session, year=2026).rate.denominator == 3


def test_invited_are_different_people_of_the_years_surveys(session: Session) -> None:
    _define(session, denominator=Denominator.INVITED)
    people = add_people(session, 6)
    invite_all(session, _survey(session), people[:4])
    invite_all(session, _survey(session), people[2:5])
    last_year = {"opens_at": NOW - timedelta(days=500), "closes_at": NOW - timedelta(days=400)}
    invite_all(session, _survey(session, **last_year), people)

    assert _measure(session).rate.denominator == 5


def test_graduates_of_the_year_are_both_counted_and_counted_of(session: Session) -> None:
    _define(session, denominator=Denominator.GRADUATES_OF_YEAR)
    survey = _survey(session)
    for year in (2025, 2026, 2026):
        _answer(session, make_alumnus(session, graduation_year=year), survey)
    make_alumnus(session, graduation_year=2026)

    assert _measure(session).rate == Rate(2, 3)


def test_erased_graduate_of_the_year_moves_neither_side(session: Session) -> None:
    _define(session, denominator=Denominator.GRADUATES_OF_YEAR)
    alumnus = make_alumnus(session, graduation_year=2026)
    _answer(session, alumnus, _survey(session))
    alumnus.graduation_year = None
    alumnus.erased_at = NOW
    session.flush()

    assert _measure(session).rate == Rate(1, 1)


def test_all_graduates_are_as_many_as_was_entered(session: Session) -> None:
    _define(session, denominator=Denominator.ALL_GRADUATES, graduate_count=41_000)
    make_alumnus(session)

    assert _measure(session).rate == Rate(0, 41_000)


def test_target_is_decided_on_whole_people(session: Session) -> None:
    _define(session, targets={2026: Decimal(10)}, decimals=1)
    people = add_people(session, 3581)
    survey = _survey(session)
    invite_all(session, survey, people)
    answer_all(session, survey, people[:358])

    value = _measure(session)

    assert value.value == Decimal("10.0")
    assert (value.is_met, value.missing) == (False, 1)


def test_performance_rests_on_the_rounded_value(session: Session) -> None:
    _define(session, start_value=Decimal(4), targets={2026: Decimal(15)})
    people = add_people(session, 3581)
    survey = _survey(session)
    invite_all(session, survey, people)
    answer_all(session, survey, people[:350])

    value = _measure(session)

    assert value.value == Decimal("9.77")
    assert value.performance.raw == Decimal("52.45")


def test_value_of_nobody_is_no_data(session: Session) -> None:
    value = _measure(session)

    assert (value.rate, value.value) == (Rate(0, 0), None)
    assert (value.target, value.missing, value.is_met) == (None, None, None)
    assert value.performance.raw is None


def test_past_year_is_cut_off_at_its_last_moment() -> None:
    past = period_of(2025, now=NOW, zone=ISTANBUL)
    present = period_of(2026, now=NOW, zone=ISTANBUL)

    assert past.cut_off == datetime(2025, 12, 31, 20, 59, 59, 999_999, tzinfo=UTC)
    assert present.cut_off == NOW


@pytest.mark.parametrize("denominator", [Denominator.REGISTERED, Denominator.INVITED])
def test_strangers_leave_both_sides(session: Session, denominator: Denominator) -> None:
    _define(session, denominator=denominator)
    survey = _survey(session)
    stranger, other = make_alumnus(session), make_alumnus(session)
    _answer(session, stranger, survey, manual_code="4.10")
    _answer(session, other, survey)
    stranger.ineligible_at = NOW
    session.flush()

    assert _measure(session).rate == Rate(1, 1)


def test_dead_keep_the_answer_that_they_gave(session: Session) -> None:
    survey = _survey(session)
    answered, silent = make_alumnus(session), make_alumnus(session)
    _answer(session, answered, survey, manual_code="2.31")
    make_invitation(session, survey=survey, alumnus=silent, manual_code="2.31")
    answered.ineligible_at = silent.ineligible_at = NOW
    session.flush()

    assert _measure(session).rate == Rate(1, 1)


def test_answer_by_phone_is_in_no_numerator(session: Session) -> None:
    _define(session, counts_partials=True)
    survey = _survey(session)
    make_invitation(session, survey=survey, manual_code="1.2")
    begun, finished = make_alumnus(session), make_alumnus(session)
    _answer(session, begun, survey, manual_code="1.2", answered_count=2)
    _answer(session, finished, survey, manual_code="1.2")

    assert _measure(session).rate == Rate(1, 3)


def test_word_after_the_cut_off_leaves_the_year_as_it_was(session: Session) -> None:
    make_alumnus(session, registered_at=datetime(2025, 5, 1, tzinfo=UTC), ineligible_at=NOW)

    assert _measure(session, year=2025).rate == Rate(0, 1)
    assert _measure(session).rate == Rate(0, 0)


def test_word_after_the_cut_off_leaves_the_answers_of_that_year(session: Session) -> None:
    then = datetime(2025, 6, 1, tzinfo=UTC)
    survey = _survey(session, opens_at=then, closes_at=then + timedelta(days=30))
    person = make_alumnus(session, registered_at=then)
    at = then + timedelta(days=1)
    _answer(session, person, survey, started_at=at, responded_at=at, manual_code="4.10")
    person.ineligible_at = NOW
    session.flush()

    assert _measure(session, year=2025).rate == Rate(1, 1)
    assert _measure(session).rate == Rate(0, 0)
