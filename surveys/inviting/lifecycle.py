"""What staff and the calendar do to a launched survey: pause, resume, close.

Each change is guarded by the state that it changes, so that two at once can't both win. Messages
already in the outbox stay: delivery reads the survey's state when it claims them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from models import Draft, Invitation, Mailing, MailingState, Survey, SurveyState
from surveys.database import changed_count
from surveys.errors import N_, DonutError


class SurveyNotLaunched(DonutError):
    """A draft has nothing to pause, resume or close."""

    code = "survey_not_launched"
    status = 409
    message = N_("%(survey)s is not launched yet. Launch it first.")


class SurveyAlreadyPaused(DonutError):
    """The survey rests already."""

    code = "survey_already_paused"
    status = 409
    message = N_("%(survey)s is paused already. Resume it to go on.")


class SurveyNotPaused(DonutError):
    """There is no pause to end."""

    code = "survey_not_paused"
    status = 409
    message = N_("%(survey)s is not paused; there is nothing to resume.")


class SurveyOver(DonutError):
    """The survey is closed; it takes no answers and sends no mail."""

    code = "survey_over"
    status = 409
    message = N_("%(survey)s is closed. A closed survey stays closed.")


def pause(session: Session, *, survey: Survey, now: datetime) -> None:
    """Stop the mails until `resume`; answers are still taken.

    Raises SurveyNotLaunched, SurveyOver or SurveyAlreadyPaused.
    """
    require_running(survey, now)
    if not _change(session, survey, Survey.paused_at.is_(None), paused_at=now):
        raise SurveyAlreadyPaused(survey=survey.code)


def resume(session: Session, *, survey: Survey, now: datetime) -> None:
    """Let the mails go on. What fell due meanwhile is sent, or held when that was too long ago.

    Raises SurveyNotLaunched, SurveyOver or SurveyNotPaused.
    """
    require_running(survey, now)
    if not _change(session, survey, Survey.paused_at.is_not(None), paused_at=None):
        raise SurveyNotPaused(survey=survey.code)


def close(session: Session, *, survey: Survey, now: datetime) -> None:
    """End the survey before its closing time: no answer and no mail from `now` on.

    Raises SurveyNotLaunched or SurveyOver.
    """
    require_running(survey, now)
    if not _change(session, survey, closed_at=now):
        raise SurveyOver(survey=survey.code)
    _tidy(session, Survey.id == survey.id)


def close_ended(session: Session, *, now: datetime) -> int:
    """Cancel the plan and delete the drafts of every survey that is over at `now`.

    Returns how many mailings and drafts that were; 0 when all was done before.
    """
    is_over = or_(Survey.closes_at <= now, Survey.closed_at <= now)
    return _tidy(session, Survey.launched_at.is_not(None), is_over)


def require_running(survey: Survey, now: datetime) -> None:
    """Refuse what can only be done to a launched survey that is not over.

    Raises SurveyNotLaunched or SurveyOver.
    """
    state = survey.state_at(now)
    if state == SurveyState.DRAFT:
        raise SurveyNotLaunched(survey=survey.code)
    if state == SurveyState.CLOSED:
        raise SurveyOver(survey=survey.code)


def take_running(session: Session, survey: Survey, now: datetime) -> None:
    """Lock a survey whose plan is to be changed as a whole; a second change waits for the first.

    Raises SurveyNotLaunched or SurveyOver.
    """
    session.flush()
    session.refresh(survey, with_for_update=True)
    require_running(survey, now)


def _change(session: Session, survey: Survey, *guards: ColumnElement[bool], **values: Any) -> bool:
    changed = session.execute(
        update(Survey)
        .where(Survey.id == survey.id, Survey.closed_at.is_(None), *guards)
        .values(**values)
    )
    return changed_count(changed) == 1


def _tidy(session: Session, *which: ColumnElement[bool]) -> int:
    ended = select(Survey.id).where(*which)
    waiting = Mailing.state.in_([MailingState.PLANNED, MailingState.HELD])
    cancelled = session.execute(
        update(Mailing)
        .where(waiting, Mailing.survey_id.in_(ended))
        .values(state=MailingState.CANCELLED)
    )
    # From the few drafts to their surveys: ended surveys with all their people only grow.
    of_ended = exists().where(
        Invitation.id == Draft.invitation_id, Invitation.survey_id == Survey.id, *which
    )
    deleted = session.execute(delete(Draft).where(of_ended))
    return changed_count(cancelled) + changed_count(deleted)
