"""A survey as other systems see it: what it is called, when it runs, never what it asks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Survey, SurveyVersion
from surveys.i18n import pick_text
from surveys.reporting.wire import (
    Document,
    response_rate_path,
    survey_name,
    survey_path,
    to_instant,
)

# One form for all readers, so that equal revisions are equal bytes whatever language they ask for.
LANGUAGE = "tr"


@dataclass(frozen=True)
class Heading:
    """What the newest frozen version says above its questions."""

    title: str
    confidentiality: str


def survey_document(*, survey: Survey, heading: Heading, now: datetime) -> Document:
    """Return a launched survey at `now`; `closes_at` is when it ends or ended in fact."""
    return {
        "id": survey_name(survey.public_id),
        "object": "survey",
        "code": survey.code,
        **_running(survey, heading, now),
        "indicator": survey.indicator_code,
        "year": survey.year,
        "links": {
            "self": survey_path(survey.public_id),
            "response_rate": response_rate_path(survey.public_id),
        },
    }


def survey_part(*, survey: Survey, heading: Heading, now: datetime) -> Document:
    """Return what a response rate says of its survey."""
    return {"id": survey_name(survey.public_id), **_running(survey, heading, now)}


def read_headings(session: Session, *, survey_ids: Collection[int]) -> dict[int, Heading]:
    """Return the headings of launched surveys by id; a draft's words are not among them."""
    newest = (
        select(func.max(SurveyVersion.id))
        .where(SurveyVersion.survey_id.in_(survey_ids))
        .group_by(SurveyVersion.survey_id)
    )
    rows = session.execute(
        select(
            SurveyVersion.survey_id,
            SurveyVersion.definition["title"],
            SurveyVersion.definition["confidentiality"].as_string(),
        ).where(SurveyVersion.id.in_(newest))
    )
    return {
        survey_id: Heading(pick_text(title, LANGUAGE), confidentiality)
        for survey_id, title, confidentiality in rows
    }


def _running(survey: Survey, heading: Heading, now: datetime) -> Document:
    return {
        "title": heading.title,
        "status": survey.state_at(now).value,
        "confidentiality": heading.confidentiality,
        "opens_at": to_instant(survey.opens_at),
        "closes_at": to_instant(survey.ends_at()),
    }
