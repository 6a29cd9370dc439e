"""Staff decide on messages whose outcome nobody knows, or that failed; no timer ever does."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from models import Invitation, Mailing, Message, MessageState
from surveys.database import changed_count
from surveys.delivery.names import MailName
from surveys.delivery.settling import record_mailed

# The reason that stands with a message which staff put into the queue again.
RETRIED = "retried"
IDS_A_STATEMENT = 1_000
# The reason that stands with a doubtful message of which something came back.
PROVED = "proved_by_report"


class Decision(StrEnum):
    """What to do about a doubtful message; the value is the reason that stands with it."""

    RESEND = "resent"
    ASSUME_SENT = "assumed_sent"
    FOUND_IN_LOG = "found_in_log"


def resolve_unknown(
    session: Session, *, which: ColumnElement[bool], decision: Decision, now: datetime
) -> int:
    """Decide the unknown messages among `which` (`of_survey`, `of_mailing`); return how many.

    A message sent again keeps its row and its Message-ID, so that a mailbox that has it can tell.
    """
    doubtful = (Message.state == MessageState.UNKNOWN, which)
    if decision is Decision.RESEND:
        return _requeue(session, *doubtful, reason=Decision.RESEND, now=now)
    return _assume_sent(session, doubtful, decision, now)


def resolve_from_log(
    session: Session,
    *,
    which: ColumnElement[bool],
    taken: Collection[MailName],
    keys: Sequence[bytes],
    now: datetime,
) -> int:
    """Count those unknown messages among `which` as sent that a mail server took; return how many.

    `taken`: the mails that its log speaks of, in any order. What does not bear our tag counts for
    nothing: a log must not claim what we never sent.
    """
    names, count = list(taken), 0
    for start in range(0, len(names), IDS_A_STATEMENT):
        ids = _list_ours(session, names[start : start + IDS_A_STATEMENT], keys)
        some = and_(which, Message.id.in_(ids))
        count += resolve_unknown(session, which=some, decision=Decision.FOUND_IN_LOG, now=now)
    return count


def retry_failed(session: Session, *, which: ColumnElement[bool], now: datetime) -> int:
    """Put failed messages among `which` into the queue for a fresh attempt; return how many.

    Only what may still go: of a survey that is over nothing is sent again.
    """
    failed = (Message.state == MessageState.FAILED, Message.expires_at > now, which)
    return _requeue(session, *failed, reason=RETRIED, now=now, attempt_count=0)


def of_survey(survey_id: int) -> ColumnElement[bool]:
    """Return the condition that a message belongs to the survey."""
    return Message.mailing_id.in_(select(Mailing.id).where(Mailing.survey_id == survey_id))


def of_mailing(mailing_id: int, message_id: int | None = None) -> ColumnElement[bool]:
    """Return the condition that a message belongs to the mailing, or is this one of its."""
    is_in = Message.mailing_id == mailing_id
    return is_in if message_id is None else and_(is_in, Message.id == message_id)


def _list_ours(session: Session, names: Sequence[MailName], keys: Sequence[bytes]) -> list[int]:
    rows = session.execute(
        select(Message.id, Invitation.public_id)
        .join(Message.invitation)
        .where(Message.id.in_([name.row_id for name in names]))
    )
    owners = {row.id: row.public_id for row in rows}
    return [
        name.row_id
        for name in names
        if name.row_id in owners and name.is_ours(public_id=owners[name.row_id], keys=keys)
    ]


def _requeue(
    session: Session, *which: ColumnElement[bool], reason: str, now: datetime, **values: Any
) -> int:
    """Make messages due at `now` as if they had never been claimed; return how many."""
    queued = session.execute(
        update(Message)
        .where(*which)
        .values(
            state=MessageState.QUEUED,
            reason=reason,
            claimed_by=None,
            position=None,
            due_at=now,
            **values,
        )
        .execution_options(synchronize_session=False)
    )
    return changed_count(queued)


def _assume_sent(
    session: Session,
    doubtful: tuple[ColumnElement[bool], ...],
    decision: Decision,
    now: datetime,
) -> int:
    invitation_ids = session.scalars(
        update(Message)
        .where(*doubtful)
        .values(
            state=MessageState.SENT,
            reason=decision,
            sent_at=func.coalesce(Message.sending_at, now),
        )
        .returning(Message.invitation_id)
        .execution_options(synchronize_session=False)
    ).all()
    record_mailed(session, invitation_ids=list(invitation_ids), now=now)
    return len(invitation_ids)
