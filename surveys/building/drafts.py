"""A checked definition → the survey's draft row, new or replaced as long as nothing is launched."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Survey, SurveyRevision
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


class CodeJustTaken(DonutError):
    """Another new draft got the same code at the same moment."""

    code = "code_just_taken"
    status = 409
    message = N_(
        "Somebody has saved a survey with the code %(survey)s at the same moment. Look at it, then"
        " try again or choose another code."
    )


class LaunchedSurveyStays(DonutError):
    """What people were asked is kept, whatever became of it."""

    code = "launched_survey_stays"
    status = 409
    message = N_("%(survey)s was launched, so it stays. Close it if it is to take no more answers.")


def save_draft(
    session: Session, *, definition: Definition, is_demo: bool, now: datetime, actor: str = "cli"
) -> Survey:
    """Return the draft of `definition`; a draft of the same code is replaced by a new revision.

    Raises SurveyAlreadyLaunched, DraftOfOtherKind, CodeJustTaken.
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
    """Return a new draft that holds `document`, with its first revision. Raises CodeJustTaken."""
    survey = Survey(code=document["code"], is_demo=is_demo, revision=1, created_at=act.now)
    put_document(survey, document, now=act.now)
    try:
        with session.begin_nested():
            session.add(survey)
    except IntegrityError as error:
        raise CodeJustTaken(survey=survey.code) from error
    add_revision(session, survey, act)
    return survey


def discard_draft(session: Session, *, survey: Survey) -> None:
    """Delete a draft that was never launched, its history with it. Raises LaunchedSurveyStays."""
    session.refresh(survey, with_for_update=True)
    if survey.launched_at is not None:
        raise LaunchedSurveyStays(survey=survey.code)
    session.execute(delete(SurveyRevision).where(SurveyRevision.survey_id == survey.id))
    session.execute(delete(Survey).where(Survey.id == survey.id))


def _check_replaceable(survey: Survey, *, is_demo: bool) -> None:
    if survey.launched_at is not None:
        raise SurveyAlreadyLaunched(survey=survey.code)
    if survey.is_demo != is_demo:
        raise DraftOfOtherKind(survey=survey.code)
