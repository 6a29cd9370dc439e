"""Writing answers down: a draft while the person goes on, one response when they submit."""

from datetime import datetime

from sqlalchemy import delete, func, update
from sqlalchemy.orm import Session

from models import Draft, Invitation, Response
from surveys.answering.conditions import Answers
from surveys.answering.opening import Sheet
from surveys.answering.progress import measure_progress
from surveys.database import changed_count


def save_draft(
    session: Session, *, invitation: Invitation, sheet: Sheet, answers: Answers, now: datetime
) -> int:
    """Keep `answers` as the draft and return its new revision.

    Until the final submit the invitation keeps the count of answers; afterwards it keeps those
    of the response that stands.
    """
    draft = session.get(Draft, invitation.id)
    if draft is None:
        draft = Draft(invitation_id=invitation.id, revision=0)
        session.add(draft)
    draft.answers = answers
    draft.revision = sheet.revision + 1
    draft.updated_at = now
    if not sheet.is_changing:
        invitation.started_at = invitation.started_at or now
        _note_progress(invitation, sheet=sheet, answers=answers)
    session.flush()
    return draft.revision


def submit(
    session: Session, *, invitation: Invitation, sheet: Sheet, answers: Answers, now: datetime
) -> None:
    """Make `answers` the one final response and drop the draft.

    Only the request that finds `responded_at` empty inserts; the unique constraint stands behind
    it. A later one, sent on purpose to change answers, updates the same row.
    """
    _note_progress(invitation, sheet=sheet, answers=answers)
    session.flush()
    claim = (
        update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.responded_at.is_(None))
        .values(responded_at=now, started_at=func.coalesce(Invitation.started_at, now))
    )
    if changed_count(session.execute(claim)) == 1:
        session.add(_new_response(invitation, answers, now))
    else:
        _change_response(session, invitation, answers, now)
    session.execute(delete(Draft).where(Draft.invitation_id == invitation.id))
    session.flush()


def _note_progress(invitation: Invitation, *, sheet: Sheet, answers: Answers) -> None:
    progress = measure_progress(sheet.definition, answers)
    invitation.answered_count = progress.answered_count
    invitation.applicable_count = progress.applicable_count
    invitation.is_core_answered = progress.is_core_answered


def _new_response(invitation: Invitation, answers: Answers, now: datetime) -> Response:
    return Response(
        invitation_id=invitation.id,
        survey_version_id=invitation.survey_version_id,
        answers=answers,
        language=invitation.language,
        notice_version=invitation.survey_version.notice_version,
        submitted_at=now,
        updated_at=now,
    )


def _change_response(
    session: Session, invitation: Invitation, answers: Answers, now: datetime
) -> None:
    session.execute(
        update(Response)
        .where(Response.invitation_id == invitation.id)
        .values(answers=answers, language=invitation.language, updated_at=now)
    )
