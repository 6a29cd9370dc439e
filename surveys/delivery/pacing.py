"""The pace that all senders on all machines keep together: one time stamp in the database.

A token bucket without a counter. `next_slot_at` is never more than one interval ahead, so that a
clock that was set back holds nobody up: a slot further away is no slot.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import SenderState

# What was not used while the senders were busy may be made up, for this long.
CREDIT = timedelta(seconds=1)


def take_slot(session: Session, *, rate: int, now: datetime) -> timedelta:
    """Take the next slot of `rate` mails a minute; return 0, or how long to wait before asking.

    `now` is the database's clock, the one that all senders share.
    """
    interval = timedelta(minutes=1) / rate
    state = select(SenderState.next_slot_at).with_for_update()
    next_slot_at = session.scalar(state) or now
    if now < next_slot_at <= now + interval:
        return next_slot_at - now
    earliest = now - CREDIT
    base = max(next_slot_at, earliest) if next_slot_at <= now else now
    session.execute(update(SenderState).values(next_slot_at=base + interval))
    return timedelta()
