"""A database that is older than what was sent by it: a backup was put back.

It has forgotten sends, and would repeat them by the thousand. Each claimed batch raises a number in
the database; senders keep the highest outside of it. Where theirs is higher, all sending stops, and
what is due stands in doubt until the mail server's log or a person has decided. A mailing that was
due and has no messages yet may have gone out whole: it is held, for staff to let go or to stop.

The same where a sender remembers nothing and finds a database that has sent mail and at which
nobody is at work: a new machine can't tell a backup from what was moved to it.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Beat, Mailing, MailingState, Message, MessageState, SenderState
from surveys.database import database_time
from surveys.delivery.brakes import pause_sending
from surveys.delivery.claiming import LEASE_S
from surveys.delivery.marks import Mark
from surveys.delivery.recovery import IS_HELD
from surveys.delivery.settling import record_maybe_mailed

RESTORED = "restored"
UNREMEMBERED = "unremembered"
IN_DOUBT = (MessageState.QUEUED, MessageState.CLAIMED, MessageState.SENDING)


def lock_restored(session: Session, *, seen: Mark, now: datetime) -> int | None:
    """Stop all sending when the database is older than `seen`; return how many mails are in doubt.

    None when it is not, or when it is another database. Its number is raised to what was seen, so
    that staff are asked once.
    """
    found = _hold_mark(session)
    if found.database_id != seen.database_id or found.claim_number >= seen.claim_number:
        return None
    session.execute(update(SenderState).values(claim_number=seen.claim_number))
    return _lock(session, RESTORED, now)


def lock_unremembered(session: Session, *, process: str, now: datetime) -> int | None:
    """Stop all sending by a `process` that remembers nothing, as `lock_restored` does.

    None when no mail has gone from the database yet, or when others are at work on it.
    """
    if not _hold_mark(session).claim_number or _is_at_work(session, process):
        return None
    return _lock(session, UNREMEMBERED, now)


def _hold_mark(session: Session) -> Mark:
    """Return what the database says of itself, which stays so until the transaction ends."""
    state = select(SenderState.database_id, SenderState.claim_number).with_for_update()
    return Mark(*session.execute(state).one())


def _is_at_work(session: Session, process: str) -> bool:
    """Tell whether another process than this one ran lately, or holds messages."""
    beat = select(Beat.name).where(Beat.by != process, Beat.at > database_time(-LEASE_S))
    held = select(Message.id).where(IS_HELD, Message.lease_until > database_time(0))
    return any(session.scalar(query.limit(1)) is not None for query in (beat, held))


def _lock(session: Session, reason: str, now: datetime) -> int:
    pause_sending(session, reason=reason, now=now)
    session.execute(
        update(Mailing)
        .where(Mailing.state == MailingState.PLANNED, Mailing.due_at <= now)
        .values(state=MailingState.HELD, held_at=now)
        .execution_options(synchronize_session=False)
    )
    doubtful = session.scalars(
        update(Message)
        .where(Message.state.in_(IN_DOUBT), Message.due_at <= now)
        .values(state=MessageState.UNKNOWN, reason=RESTORED, claimed_by=None, lease_until=None)
        .returning(Message.invitation_id)
        .execution_options(synchronize_session=False)
    ).all()
    for start in range(0, len(doubtful), 1_000):
        record_maybe_mailed(session, invitation_ids=list(doubtful[start : start + 1_000]))
    return len(doubtful)
