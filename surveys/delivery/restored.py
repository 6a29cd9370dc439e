"""A database that is older than what was sent by it: a backup was put back.

It has forgotten sends, and would repeat them by the thousand. Each claimed batch raises a number in
the database; senders keep the highest outside of it. Where theirs is higher, all sending stops, and
what is due stands in doubt until the mail server's log or a person has decided. A mailing that was
due and has no messages yet may have gone out whole: it is held, for staff to let go or to stop.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Mailing, MailingState, Message, MessageState, SenderState
from surveys.delivery.brakes import pause_sending
from surveys.delivery.marks import Mark
from surveys.delivery.settling import record_maybe_mailed

RESTORED = "restored"
IN_DOUBT = (MessageState.QUEUED, MessageState.CLAIMED, MessageState.SENDING)


def lock_restored(session: Session, *, seen: Mark, now: datetime) -> int | None:
    """Stop all sending when the database is older than `seen`; return how many mails are in doubt.

    None when it is not, or when it is another database. Its number is raised to what was seen, so
    that staff are asked once.
    """
    state = select(SenderState.database_id, SenderState.claim_number).with_for_update()
    found = session.execute(state).one()
    if found.database_id != seen.database_id or found.claim_number >= seen.claim_number:
        return None
    pause_sending(session, reason=RESTORED, now=now)
    session.execute(update(SenderState).values(claim_number=seen.claim_number))
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
