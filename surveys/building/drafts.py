"""A checked definition → the survey's draft row, new or replaced as long as nothing is launched."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Survey
from surveys.building.definition import Definition, to_document
from surveys.building.revisions import (
    LOAD,
    Act,
    SurveyAlreadyLaunched,
    add_revision,
    put_document,
    write_revision,
)
from surveys.errors import N_, DonutError


class DraftOfOtherKind(DonutError):
    """A demo survey would become a real one, or the other way round."""

    code = "draft_of_other_kind"
    status = 409
    message = N_(
        "%(survey)s exists already, and one of the two is a demo survey. Load both with --demo"
        " or both without it, or choose another code."
    )


def save_draft(
    session: Session, *, definition: Definition, is_demo: bool, now: datetime, actor: str = "cli"
) -> Survey:
    """Return the draft of `definition`; a draft of the same code is replaced by a new revision.

    Raises SurveyAlreadyLaunched, DraftOfOtherKind.
    """
    document = to_document(definition)
    act = Act(LOAD, actor, now)
    found = session.scalar(select(Survey).where(Survey.code == definition.code).with_for_update())
    if found is None:
        return create_draft(session, document=document, is_demo=is_demo, act=act)
    _check_replaceable(found, is_demo=is_demo)
    write_revision(session, survey=found, document=document, act=act)
    return found


def create_draft(session: Session, *, document: dict[str, Any], is_demo: bool, act: Act) -> Survey:
    """Return a new draft that holds `document`, with its first revision."""
    survey = Survey(code=document["code"], is_demo=is_demo, revision=1, created_at=act.now)
    put_document(survey, document, now=act.now)
    session.add(survey)
    session.flush()
    add_revision(session, survey, act)
    return survey


def _check_replaceable(survey: Survey, *, is_demo: bool) -> None:
    if survey.launched_at is not None:
        raise SurveyAlreadyLaunched(survey=survey.code)
    if survey.is_demo != is_demo:
        raise DraftOfOtherKind(survey=survey.code)
