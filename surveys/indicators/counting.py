"""The people whom an indicator counts: who answered in a year, and out of how many.

Counts the completion marks on Invitation, each person once whatever the number of surveys.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from models import Alumnus, Denominator, Invitation, ManualCode, Survey
from surveys.indicators.definition import Known
from surveys.rates.dispositions import PARTIAL, code_of, is_complete, is_submitted_whole

LAST_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Period:
    """One year by the local calendar: from `begins_at` to before `ends_at`.

    `cut_off` is what the count looks at: now, or the year's last moment once that is past.
    """

    year: int
    begins_at: datetime
    ends_at: datetime
    cut_off: datetime

    @property
    def is_over(self) -> bool:
        """Whether the year is past."""
        return self.cut_off == self.ends_at - LAST_MOMENT


def period_of(year: int, *, now: datetime, zone: tzinfo) -> Period:
    """Return the period of `year` in `zone`, as seen at `now`."""
    begins_at = datetime(year, 1, 1, tzinfo=zone).astimezone(UTC)
    ends_at = datetime(year + 1, 1, 1, tzinfo=zone).astimezone(UTC)
    return Period(year, begins_at, ends_at, min(now, ends_at - LAST_MOMENT))


def list_surveys(session: Session, *, known: Known, period: Period) -> Sequence[Survey]:
    """Return the launched surveys that count for the indicator and are open in the period."""
    return session.scalars(
        select(Survey)
        .where(
            *_of_indicator(known),
            Survey.opens_at < period.ends_at,
            Survey.closes_at >= period.begins_at,
            or_(Survey.closed_at.is_(None), Survey.closed_at >= period.begins_at),
        )
        .order_by(Survey.opens_at.desc(), Survey.id)
    ).all()


def list_years(session: Session, *, known: Known, zone: tzinfo) -> set[int]:
    """Return the local years in which a survey that counts for the indicator was open."""
    rows = session.execute(select(Survey.opens_at, Survey.closes_at).where(*_of_indicator(known)))
    return {
        year
        for opens_at, closes_at in rows
        for year in range(opens_at.astimezone(zone).year, closes_at.astimezone(zone).year + 1)
    }


def first_answers(known: Known, period: Period) -> Subquery:
    """Return who answered in the period and when (`at`) first, one row a person.

    An answer is valid when it was submitted and is complete (1.1), or partial (1.2) where the
    definition lets partials count.
    """
    first = func.min(Invitation.responded_at).label("at")
    return (
        _select_valid(known, period, Invitation.alumnus_id, first)
        .group_by(Invitation.alumnus_id)
        .subquery()
    )


def answer_instants(known: Known, period: Period, *, surveys: Sequence[Survey]) -> Subquery:
    """Return when (`at`) each of these people answered first; `surveys` are all that count.

    Nobody is invited twice to one survey, so that a single one needs no grouping by person.
    """
    if len(surveys) != 1:
        return first_answers(known, period)
    at = Invitation.responded_at.label("at")
    return _select_valid(known, period, at).where(Invitation.survey_id == surveys[0].id).subquery()


def count_answered(session: Session, *, known: Known, period: Period) -> int:
    """Return the numerator: different people with a valid answer in the period."""
    return _count(session, select(func.count()).select_from(first_answers(known, period)))


def count_base(session: Session, *, known: Known, period: Period) -> int:
    """Return the denominator that the definition names, at the period's cut-off.

    Erased people stay: their rows are tombstones, and neither side of an open period moves. Who
    is no graduate or has died leaves, unless an answer of theirs counts.
    """
    definition = known.definition
    if definition.denominator is Denominator.ALL_GRADUATES:
        return definition.graduate_count or 0
    if definition.denominator is Denominator.INVITED:
        surveys = [survey.id for survey in list_surveys(session, known=known, period=period)]
        people = func.count(Invitation.alumnus_id.distinct())
        return _count(
            session,
            select(people).where(
                Invitation.survey_id.in_(surveys),
                Invitation.created_at <= period.cut_off,
                Invitation.alumnus_id.not_in(_dropped(known, period)),
            ),
        )
    is_registered = [
        Alumnus.is_demo.is_(known.is_demo),
        Alumnus.registered_at <= period.cut_off,
        Alumnus.id.not_in(_dropped(known, period)),
    ]
    if definition.denominator is Denominator.GRADUATES_OF_YEAR:
        is_registered.append(_graduated_in(period.year))
    return _count(session, select(func.count()).select_from(Alumnus).where(*is_registered))


def _dropped(known: Known, period: Period) -> Select[int]:
    """Select the people whom staff's word takes out of every denominator."""
    answers = first_answers(known, period)
    return select(Alumnus.id).where(
        Alumnus.ineligible_at <= period.cut_off,
        Alumnus.id.not_in(select(answers.c.alumnus_id)),
    )


def _select_valid(known: Known, period: Period, *columns: Any) -> Select[*tuple[Any, ...]]:
    is_valid = is_complete()
    if known.definition.counts_partials:
        is_valid = or_(is_valid, _is_own_partial())
    if period.is_over:
        # A word counts from the moment it was recorded: a past year keeps its numerator.
        told_since = select(Alumnus.id).where(Alumnus.ineligible_at > period.cut_off)
        is_valid = or_(is_valid, and_(is_submitted_whole(), Invitation.alumnus_id.in_(told_since)))
    # Few are of the other kind, so leaving them out is cheaper than looking everybody up.
    others = select(Alumnus.id).where(Alumnus.is_demo.is_(not known.is_demo))
    return (
        select(*columns)
        .select_from(Invitation)
        .join(Invitation.survey)
        .join(Invitation.survey_version)
        .where(
            *_of_indicator(known),
            Invitation.alumnus_id.not_in(others),
            Invitation.responded_at >= period.begins_at,
            Invitation.responded_at <= period.cut_off,
            is_valid,
            *_of_cohort(known, period),
        )
    )


def _count(session: Session, statement: Any) -> int:
    return int(session.scalar(statement) or 0)


def _is_own_partial() -> ColumnElement[bool]:
    """Not a call's: what was said by phone is not stored, so nobody could follow the count back."""
    return and_(
        Invitation.responded_at.is_not(None),
        Invitation.manual_code.is_distinct_from(ManualCode.ANSWERED_BY_PHONE),
        code_of() == PARTIAL,
    )


def _of_indicator(known: Known) -> list[ColumnElement[bool]]:
    return [
        Survey.indicator_code == known.definition.code,
        Survey.is_demo.is_(known.is_demo),
        Survey.launched_at.is_not(None),
    ]


def _of_cohort(known: Known, period: Period) -> list[ColumnElement[bool]]:
    """Whoever is in no denominator must not stand in the numerator."""
    if known.definition.denominator is Denominator.GRADUATES_OF_YEAR:
        return [Invitation.graduation_year == period.year]
    return []


def _graduated_in(year: int) -> ColumnElement[bool]:
    """A tombstone has lost its year; what its invitations keep of the cohort stands in."""
    was_invited_as_such = exists().where(
        Invitation.alumnus_id == Alumnus.id, Invitation.graduation_year == year
    )
    return or_(
        Alumnus.graduation_year == year,
        and_(Alumnus.erased_at.is_not(None), was_invited_as_such),
    )
