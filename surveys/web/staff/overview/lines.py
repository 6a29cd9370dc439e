"""The surveys on the overview: where each stands, and how many of its people answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Survey, SurveyState
from surveys.rates.census import Cohort, rate_of
from surveys.rates.formulas import Rate

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


def list_newest(session: Session, *, is_demo: bool) -> Sequence[Survey]:
    """Return the newest surveys, real or demo ones."""
    return session.scalars(
        select(Survey)
        .where(Survey.is_demo.is_(is_demo))
        .order_by(Survey.opens_at.desc(), Survey.id.desc())
        .limit(SHOWN_SURVEYS)
    ).all()


def list_lines(
    surveys: Sequence[Survey], cohorts: Sequence[Cohort], *, now: datetime
) -> list[SurveyLine]:
    """Return the lines of `surveys`, whose cases are among `cohorts`."""
    return [
        SurveyLine(
            code=survey.code,
            title=survey.definition.get("title") or {"tr": survey.code},
            state=survey.state_at(now),
            opens_at=survey.opens_at,
            ends_at=survey.ends_at(),
            rate=rate_of(cohort for cohort in cohorts if cohort.survey_id == survey.id),
        )
        for survey in surveys
    ]
