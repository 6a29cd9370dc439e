"""Staff decide on messages whose outcome nobody knows; no timer ever does."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from models import Mailing, Message, MessageState
from surveys.database import changed_count
from surveys.delivery.settling import record_mailed


class Decision(StrEnum):
    """What to do about a doubtful message; the value is the reason that stands with it."""

    RESEND = "resent"
    ASSUME_SENT = "assumed_sent"


def resolve_unknown(session: Session, *, survey_id: int, decision: Decision, now: datetime) -> int:
    """Decide all unknown messages of a survey; return how many that were.

    A message sent again keeps its row and its Message-ID, so that a mailbox that has it can tell.
    """
    if decision is Decision.RESEND:
        return _resend(session, survey_id, now)
    return _assume_sent(session, survey_id, now)


def _resend(session: Session, survey_id: int, now: datetime) -> int:
    queued = session.execute(
        update(Message)
        .where(*_is_unknown(survey_id))
        .values(
            state=MessageState.QUEUED,
            reason=Decision.RESEND,
            claimed_by=None,
            position=None,
            due_at=now,
        )
        .execution_options(synchronize_session=False)
    )
    return changed_count(queued)


def _assume_sent(session: Session, survey_id: int, now: datetime) -> int:
    invitation_ids = session.scalars(
        update(Message)
        .where(*_is_unknown(survey_id))
        .values(
            state=MessageState.SENT,
            reason=Decision.ASSUME_SENT,
            sent_at=func.coalesce(Message.sending_at, now),
        )
        .returning(Message.invitation_id)
        .execution_options(synchronize_session=False)
    ).all()
    record_mailed(session, invitation_ids=list(invitation_ids), now=now)
    return len(invitation_ids)


def _is_unknown(survey_id: int) -> tuple[ColumnElement[bool], ...]:
    mailings = select(Mailing.id).where(Mailing.survey_id == survey_id)
    return (Message.state == MessageState.UNKNOWN, Message.mailing_id.in_(mailings))
