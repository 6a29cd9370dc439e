"""An invitation → the sheet that its person fills in, or why there is none now."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Draft, Invitation, Response, Survey, SurveyState
from surveys.answering.carrying import carry_over
from surveys.answering.conditions import Answers
from surveys.building.definition import Definition, from_document
from surveys.errors import N_, DonutError


class SurveyNotOpen(DonutError):
    """The survey takes no answers yet; `opens_at` says from when."""

    code = "survey_not_open"
    status = 403
    message = N_("This survey isn't open yet. Your link will work as soon as it opens.")


class SurveyClosed(DonutError):
    """The survey takes no answers any more; `closed_at` says since when."""

    code = "survey_closed"
    status = 410
    message = N_("This survey is closed and takes no more answers.")


@dataclass(frozen=True)
class Sheet:
    """What the form shows: the frozen questions and the answers so far.

    `revision` is that of the draft, 0 without one. `is_changing`: a final response stands already.
    """

    definition: Definition
    answers: Answers
    revision: int
    is_changing: bool


def open_sheet(session: Session, *, invitation: Invitation, now: datetime) -> Sheet:
    """Return the sheet of an invitation whose survey takes answers at `now`.

    After the final submit the sheet begins with the submitted answers. A pause stops mails only.
    Raises SurveyNotOpen or SurveyClosed.
    """
    _check_open(invitation.survey, now)
    draft = session.get(Draft, invitation.id)
    answers = dict((draft.answers if draft else find_submitted(session, invitation)) or {})
    definition = from_document(invitation.survey_version.definition)
    if invitation.survey_version.number > 1:
        answers = carry_over(definition, answers)
    return Sheet(
        definition=definition,
        answers=answers,
        revision=draft.revision if draft else 0,
        is_changing=invitation.responded_at is not None,
    )


def _check_open(survey: Survey, now: datetime) -> None:
    if survey.state_at(now) == SurveyState.CLOSED:
        raise SurveyClosed(closed_at=survey.ends_at())
    if survey.launched_at is None or now < survey.opens_at:
        raise SurveyNotOpen(opens_at=survey.opens_at)


def find_submitted(session: Session, invitation: Invitation) -> Answers | None:
    """Return the answers of the final submit, or None before it."""
    if invitation.responded_at is None:
        return None
    return session.scalar(select(Response.answers).where(Response.invitation_id == invitation.id))
