"""Taking back what a dead connection held: what it was sending is unknown, the rest goes on.

Rests on two rules of the sender: one message after the other on a connection, and the outcome of
each committed before the next is marked. So a connection leaves at most one message in doubt.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, select, text, update
from sqlalchemy.orm import Session

from models import Message, MessageState
from surveys.database import changed_count, database_time
from surveys.delivery.settling import record_maybe_mailed

CRASHED = "crashed"
# Spelled out as in the index on leases: SQLite uses a partial one for the same words alone, and a
# pass over a million sent mails would take 300 ms every half minute.
IS_HELD = text("message.state IN ('claimed', 'sending')")


@dataclass(frozen=True)
class Recovered:
    """How many messages went back to the queue, and how many are in doubt."""

    queued_count: int = 0
    unknown_count: int = 0


def recover_expired(session: Session) -> Recovered:
    """Take back every claim whose lease has run out by the database's clock."""
    return _recover(session, Message.lease_until < database_time(0))


def recover_claims(session: Session, *, claimed_by: Collection[str]) -> Recovered:
    """Take back the claims of connections that are known to be dead, without waiting."""
    return _recover(session, Message.claimed_by.in_(claimed_by))


def list_claimers(session: Session) -> Sequence[str]:
    """Return the names of all connections that hold messages."""
    names = select(Message.claimed_by).where(IS_HELD).distinct()
    return [name for name in session.scalars(names) if name is not None]


def _recover(session: Session, which: ColumnElement[bool]) -> Recovered:
    doubtful = session.scalars(
        update(Message)
        .where(Message.id.in_(_pick(MessageState.SENDING, which)))
        .values(state=MessageState.UNKNOWN, reason=CRASHED, lease_until=None)
        .returning(Message.invitation_id)
        .execution_options(synchronize_session=False)
    ).all()
    if doubtful:
        record_maybe_mailed(session, invitation_ids=list(doubtful))
    waiting = session.execute(
        update(Message)
        .where(Message.id.in_(_pick(MessageState.CLAIMED, which)))
        .values(state=MessageState.QUEUED, claimed_by=None, lease_until=None, position=None)
        .execution_options(synchronize_session=False)
    )
    return Recovered(queued_count=changed_count(waiting), unknown_count=len(doubtful))


def _pick(state: MessageState, which: ColumnElement[bool]) -> Select[int]:
    """Return the query of what is held, but for what a host that was cut off has locked.

    The database lets go of that in a minute; nobody's mails are to wait for it.
    """
    picked = select(Message.id).where(IS_HELD, Message.state == state, which)
    return picked.with_for_update(skip_locked=True)
