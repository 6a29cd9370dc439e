"""A checked definition → the survey's draft row, new or replaced as long as nothing is launched."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Survey
from surveys.building.definition import Definition, to_document
from surveys.building.local_time import to_instant
from surveys.errors import N_, DonutError


class SurveyAlreadyLaunched(DonutError):
    """What people are answering can't be replaced, nor launched a second time."""

    code = "survey_already_launched"
    status = 409
    message = N_(
        "%(survey)s is launched already and can't be loaded or launched again. Give a new"
        " definition a code of its own."
    )


class DraftOfOtherKind(DonutError):
    """A demo survey would become a real one, or the other way round."""

    code = "draft_of_other_kind"
    status = 409
    message = N_(
        "%(survey)s exists already, and one of the two is a demo survey. Load both with --demo"
        " or both without it, or choose another code."
    )


def save_draft(session: Session, *, definition: Definition, is_demo: bool, now: datetime) -> Survey:
    """Return the draft of `definition`; a draft of the same code is replaced, its revision rises.

    Raises SurveyAlreadyLaunched, DraftOfOtherKind.
    """
    found = session.scalar(select(Survey).where(Survey.code == definition.code).with_for_update())
    if found is not None:
        _check_replaceable(found, is_demo=is_demo)
        found.revision += 1
    survey = found or Survey(code=definition.code, is_demo=is_demo, revision=1, created_at=now)
    survey.definition = to_document(definition)
    survey.indicator_code = definition.indicator
    survey.year = definition.year
    survey.opens_at = to_instant(definition.opens_at, definition.timezone).at
    survey.closes_at = to_instant(definition.closes_at, definition.timezone).at
    survey.updated_at = now
    session.add(survey)
    session.flush()
    return survey


def _check_replaceable(survey: Survey, *, is_demo: bool) -> None:
    if survey.launched_at is not None:
        raise SurveyAlreadyLaunched(survey=survey.code)
    if survey.is_demo != is_demo:
        raise DraftOfOtherKind(survey=survey.code)
