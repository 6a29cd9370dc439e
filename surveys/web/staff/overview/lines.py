"""The surveys on the overview: where each stands, and how many of its people answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Survey, SurveyState
from surveys.rates.dispositions import count_by_survey, to_counts
from surveys.rates.formulas import Rate, compute_rates

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


def list_lines(session: Session, *, is_demo: bool, now: datetime) -> list[SurveyLine]:
    """Return the newest surveys, real or demo ones."""
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
            title=survey.definition.get("title") or {"tr": survey.code},
            state=survey.state_at(now),
            opens_at=survey.opens_at,
            ends_at=survey.ends_at(),
            rate=compute_rates(to_counts(counted[survey.id]))["RR1"],
        )
        for survey in surveys
    ]
