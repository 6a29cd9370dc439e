"""Whose turn it is: the group of receivers to claim for next, and how many mails of it.

Each group keeps its own pace: a rate, a cap a day while it is new to us, and a rest after it turned
our mails down. A group that must wait holds up no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import DomainPace
from surveys.delivery.breakers import FAILURES_TO_CLOSE, drop_far_rest
from surveys.delivery.pace import Pace
from surveys.delivery.queue import Head

# How many seconds' worth of mails are claimed at once, and how many may be made up after a wait.
CHUNK_S = 10
CREDIT = timedelta(seconds=3)


@dataclass(frozen=True)
class Turn:
    """`limit` mails of a group may be claimed; `is_failing`: it turned our last mails down."""

    group: str
    limit: int
    is_failing: bool


def choose_turn(
    session: Session, *, heads: Sequence[Head], pace: Pace, limit: int, now: datetime
) -> Turn | datetime | None:
    """Return the group whose mail has waited longest of those that may go.

    Where none may just now, the instant when one may; None where that is no matter of seconds.
    """
    states = {state.domain_group: state for state in _read(session, pace)}
    for state in states.values():
        drop_far_rest(session, state, now=now)
    waits: list[datetime] = []
    for head in sorted(heads, key=lambda head: (head.due_at, head.message_id)):
        state = states[head.domain_group]
        wait = _slot_wait(state, pace, now)
        most = _most(state, pace, limit, now)
        if not most or (state.closed_until is not None and now < state.closed_until):
            continue
        if wait is not None:
            waits.append(wait)
            continue
        return Turn(head.domain_group, most, is_failing=state.failure_count > 0)
    return min(waits, default=None)


def note_claimed(session: Session, *, turn: Turn, count: int, pace: Pace, now: datetime) -> None:
    """Move the group's next slot on by `count` mails and count them for its day."""
    values: dict[str, object] = {}
    rate = pace.domain_rates.get(turn.group)
    state = session.get_one(DomainPace, turn.group)
    if rate:
        earliest = now - CREDIT
        base = state.next_slot_at if state.next_slot_at and state.next_slot_at <= now else earliest
        values["next_slot_at"] = max(base, earliest) + count * timedelta(minutes=1) / rate
    if pace.ramp_up:
        today = now.astimezone(pace.zone).date()
        values["first_sent_on"] = state.first_sent_on or today
        values["counted_on"] = today
        values["sent_count"] = count + (state.sent_count if state.counted_on == today else 0)
    if values and count:
        session.execute(
            update(DomainPace).where(DomainPace.domain_group == turn.group).values(**values)
        )


def give_back(session: Session, *, counts: dict[str, int]) -> None:
    """Take mails that were claimed and did not go out of their group's count."""
    for group, count in counts.items():
        session.execute(
            update(DomainPace)
            .where(DomainPace.domain_group == group, DomainPace.sent_count >= count)
            .values(sent_count=DomainPace.sent_count - count)
        )


def _read(session: Session, pace: Pace) -> Sequence[DomainPace]:
    query = select(DomainPace).execution_options(populate_existing=True)
    if pace.domain_rates or pace.ramp_up:
        # In one order, so that two senders never wait for each other.
        query = query.order_by(DomainPace.domain_group).with_for_update()
    return session.scalars(query).all()


def _slot_wait(state: DomainPace, pace: Pace, now: datetime) -> datetime | None:
    """Return when the group's next slot is, or None when it is now.

    A slot further ahead than one chunk is left from a clock that was set back.
    """
    rate = pace.domain_rates.get(state.domain_group)
    if not rate or state.next_slot_at is None or state.next_slot_at <= now:
        return None
    furthest = now + timedelta(seconds=CHUNK_S) + timedelta(minutes=1) / rate
    return state.next_slot_at if state.next_slot_at <= furthest else None


def _most(state: DomainPace, pace: Pace, limit: int, now: datetime) -> int:
    """Return how many mails of a group may be claimed at once, by its rate and its day's cap."""
    rate = pace.domain_rates.get(state.domain_group)
    most = min(limit, max(1, rate * CHUNK_S // 60)) if rate else limit
    if state.failure_count >= FAILURES_TO_CLOSE:
        # One mail shows whether it takes ours again.
        most = 1
    today = now.astimezone(pace.zone).date()
    day = (today - state.first_sent_on).days if state.first_sent_on else 0
    if not pace.ramp_up or day >= len(pace.ramp_up):
        return most
    gone = state.sent_count if state.counted_on == today else 0
    return max(0, min(most, pace.ramp_up[max(day, 0)] - gone))
