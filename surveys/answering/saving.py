"""Writing answers down: a draft while the person goes on, one response when they submit."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Insert, Update, delete, func, insert, update
from sqlalchemy.orm import Session

from models import Draft, Invitation, Response
from surveys.answering.conditions import Answers
from surveys.answering.opening import Sheet
from surveys.answering.progress import measure_progress
from surveys.database import changed_count

# Nothing loaded is searched for what such an UPDATE changes: it is expired instead.
UNSEEN = {"synchronize_session": False}


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
        for name, value in asdict(measure_progress(sheet.definition, answers)).items():
            setattr(invitation, name, value)
    session.flush()
    return draft.revision


def submit(
    session: Session, *, invitation: Invitation, sheet: Sheet, answers: Answers, now: datetime
) -> None:
    """Make `answers` the one final response and drop the draft.

    Only the request that finds `responded_at` empty inserts; the unique constraint stands behind
    it. A later one, sent on purpose to change answers, updates the same row. `invitation` is read
    anew when it is next asked for.
    """
    session.flush()
    progress = asdict(measure_progress(sheet.definition, answers))
    own = update(Invitation).where(Invitation.id == invitation.id)
    claim = own.where(Invitation.responded_at.is_(None)).values(
        responded_at=now, started_at=func.coalesce(Invitation.started_at, now), **progress
    )
    if changed_count(session.execute(claim, execution_options=UNSEEN)) == 1:
        session.execute(_insert_response(invitation, answers, now))
    else:
        session.execute(own.values(**progress), execution_options=UNSEEN)
        session.execute(_change_response(invitation, answers, now), execution_options=UNSEEN)
    if sheet.revision:
        session.execute(delete(Draft).where(Draft.invitation_id == invitation.id))
    session.expire(invitation)


def _insert_response(invitation: Invitation, answers: Answers, now: datetime) -> Insert:
    return insert(Response).values(
        invitation_id=invitation.id,
        survey_version_id=invitation.survey_version_id,
        answers=answers,
        language=invitation.language,
        notice_version=invitation.survey_version.notice_version,
        submitted_at=now,
        updated_at=now,
    )


def _change_response(invitation: Invitation, answers: Answers, now: datetime) -> Update:
    return (
        update(Response)
        .where(Response.invitation_id == invitation.id)
        .values(answers=answers, language=invitation.language, updated_at=now)
    )
