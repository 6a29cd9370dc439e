"""All that the overview shows, read in a few grouped queries; the numbers are the rooms' own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from models import Alumnus, Invitation, Mailing, MailingState, Survey, SurveyState
from surveys.delivery.status import OutboxStatus, read_status
from surveys.indicators.counting import first_answers, list_surveys
from surveys.indicators.finding import HEADLINE, is_demo_only
from surveys.indicators.value import IndicatorValue, measure
from surveys.inviting.due import recipients_of
from surveys.rates.curve import Mark, Point, cumulate, list_marks
from surveys.rates.dispositions import count_by_survey, to_counts
from surveys.rates.formulas import Rate, compute_rates
from surveys.rates.funnel import Funnel, measure_funnel

SHOWN_SURVEYS = 20
UNFINISHED = (SurveyState.SCHEDULED, SurveyState.OPEN, SurveyState.PAUSED)


@dataclass(frozen=True)
class SurveyLine:
    """One survey of the list: where it stands, and RR1 over its cases."""

    code: str
    title: Mapping[str, str]
    state: SurveyState
    opens_at: datetime
    ends_at: datetime
    rate: Rate


@dataclass(frozen=True)
class NextMailing:
    """The next mailing that is planned, and to how many people it would go as it stands."""

    survey: str
    kind: str
    due_at: datetime
    recipient_count: int


@dataclass(frozen=True)
class Overview:
    """The indicator with its curve and funnel, the surveys, the outbox; real or demo, never both.

    `first_at` and `last_at` bound the year's surveys; None while there are none.
    """

    value: IndicatorValue
    points: Sequence[Point]
    marks: Sequence[Mark]
    first_at: datetime | None
    last_at: datetime | None
    funnel: Funnel
    counted_survey_count: int
    surveys: Sequence[SurveyLine]
    next_mailing: NextMailing | None
    outbox: OutboxStatus
    has_people: bool


def read_overview(session: Session, *, now: datetime, zone: tzinfo) -> Overview:
    """Return the overview at `now`; demo data where nothing else was ever loaded."""
    is_demo = is_demo_only(session, code=HEADLINE)
    year = now.astimezone(zone).year
    value = measure(session, code=HEADLINE, year=year, now=now, zone=zone, is_demo=is_demo)
    counted = list_surveys(session, known=value.known, period=value.period)
    counted_ids = [survey.id for survey in counted]
    instants = first_answers(value.known, value.period)
    return Overview(
        value=value,
        points=cumulate(session, instants=instants, zone=zone),
        marks=list_marks(session, survey_ids=counted_ids, zone=zone),
        first_at=min((survey.opens_at for survey in counted), default=None),
        last_at=max((survey.ends_at() for survey in counted), default=None),
        funnel=measure_funnel(session, survey_ids=counted_ids),
        counted_survey_count=len(counted),
        surveys=_list_lines(session, is_demo=is_demo, now=now),
        next_mailing=_find_next_mailing(session, is_demo=is_demo, now=now),
        outbox=read_status(session, survey_code=None, now=now),
        has_people=bool(session.scalar(select(exists().where(Alumnus.is_demo.is_(is_demo))))),
    )


def _list_lines(session: Session, *, is_demo: bool, now: datetime) -> list[SurveyLine]:
    surveys = session.scalars(
        select(Survey)
        .where(Survey.is_demo.is_(is_demo))
        .order_by(Survey.opens_at.desc(), Survey.id.desc())
        .limit(SHOWN_SURVEYS)
    ).all()
    counted = count_by_survey(session, survey_ids=[survey.id for survey in surveys])
    return [
        SurveyLine(
            code=survey.code,
            title=survey.definition["title"],
            state=survey.state_at(now),
            opens_at=survey.opens_at,
            ends_at=survey.ends_at(),
            rate=compute_rates(to_counts(counted[survey.id]))["RR1"],
        )
        for survey in surveys
    ]


def _find_next_mailing(session: Session, *, is_demo: bool, now: datetime) -> NextMailing | None:
    found = session.execute(
        select(Mailing, Survey.code)
        .join(Mailing.survey)
        .where(
            Mailing.state == MailingState.PLANNED,
            Survey.is_demo.is_(is_demo),
            Survey.paused_at.is_(None),
            Survey.closed_at.is_(None),
            Survey.closes_at > now,
        )
        .order_by(Mailing.due_at, Mailing.id)
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    mailing, code = found
    is_recipient = Invitation.survey_id == mailing.survey_id, *recipients_of(mailing.kind)
    with_address = select(func.count()).select_from(Invitation).join(Invitation.alumnus)
    count = session.scalar(with_address.where(*is_recipient, Alumnus.email.is_not(None)))
    return NextMailing(code, mailing.kind, mailing.due_at, count or 0)
