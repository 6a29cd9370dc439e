"""How fast mails go out just now, and when those that wait will be through."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models import Mailing, Message, MessageState, Survey
from surveys.delivery.brakes import find_brake

WINDOW = timedelta(minutes=5)
# Older mailings have nothing on its way any more, and their messages need not be looked through.
FRESH = timedelta(days=60)
MINUTE_S = 60


@dataclass(frozen=True)
class Speed:
    """`waiting` could go now; `later` waits for its own time (a retry) or for a pause to end.

    `per_minute` is measured over the last minutes, else what the settings allow; None when neither
    says anything. `done_at` follows from it; None while nothing goes.
    """

    waiting: int
    later: int
    per_minute: int | None
    done_at: datetime | None


def measure_speed(session: Session, *, mail_rate: int, now: datetime) -> Speed:
    """Return the speed at `now`; `mail_rate` is the allowed one in mails a minute, 0 for none."""
    is_running = (Survey.paused_at.is_(None), Message.due_at <= now)
    waiting = _count_waiting(session, *is_running)
    later = _count_waiting(session) - waiting
    per_minute = _measure(session, now) or mail_rate or None
    if not waiting or not per_minute or find_brake(session) is not None:
        return Speed(waiting, later, per_minute, None)
    return Speed(waiting, later, per_minute, now + timedelta(minutes=waiting / per_minute))


def _count_waiting(session: Session, *which: ColumnElement[bool]) -> int:
    states = (MessageState.QUEUED, MessageState.CLAIMED, MessageState.SENDING)
    query = (
        select(func.count())
        .select_from(Message)
        .join(Message.mailing)
        .join(Mailing.survey)
        .where(Message.state.in_(states), *which)
    )
    return session.scalar(query) or 0


def _measure(session: Session, now: datetime) -> int | None:
    """Return mails a minute from the first to the last that went lately; two at least."""
    fresh = select(Mailing.id).where(Mailing.enqueued_at > now - FRESH)
    recent = select(func.count(), func.min(Message.sent_at), func.max(Message.sent_at)).where(
        Message.mailing_id.in_(fresh),
        Message.state == MessageState.SENT,
        Message.sent_at > now - WINDOW,
    )
    count, first, last = session.execute(recent).one()
    if first is None or last is None or first == last:
        return None
    return max(1, round((count - 1) / (last - first).total_seconds() * MINUTE_S))
