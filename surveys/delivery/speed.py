"""How fast mails go out just now, and when those that wait will be through."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Mailing, Message, MessageState
from surveys.delivery.listing import Group, sum_groups
from surveys.delivery.status import OutboxStatus

WINDOW = timedelta(minutes=5)
STALL = timedelta(minutes=2)
MINUTE_S = 60


@dataclass(frozen=True)
class Speed:
    """`waiting` could go now; `later` waits for its own time (a retry) or for a pause to end.

    `per_minute` is measured over the last minutes, else what the settings allow; None when neither
    says anything. `done_at` follows from it; None while nothing goes. `is_stalled`: mails could go,
    but the mail server has taken none for STALL.
    """

    waiting: int
    later: int
    per_minute: int | None
    done_at: datetime | None
    is_stalled: bool = False


def measure_speed(
    session: Session, *, status: OutboxStatus, mail_rate: int, now: datetime
) -> Speed:
    """Return the speed at `now`; `mail_rate` is the allowed one in mails a minute, 0 for none.

    `status` is that of the whole outbox.
    """
    by_mailing = {m.id: sum_groups(m.counts)[Group.WAITING] for m in status.mailings}
    running = [m.id for m in status.mailings if by_mailing[m.id] and not m.is_survey_paused]
    retries = _count_later(session, running, now)
    waiting = sum(by_mailing[mailing_id] for mailing_id in running) - retries
    later = sum(by_mailing.values()) - waiting
    if waiting and status.brake is None and not _has_moved(session, running, now):
        return Speed(waiting, later, None, None, is_stalled=True)
    per_minute = _measure(session, running, now) or mail_rate or None
    if not waiting or not per_minute or status.brake is not None:
        return Speed(waiting, later, per_minute, None)
    return Speed(waiting, later, per_minute, now + timedelta(minutes=waiting / per_minute))


def _count_later(session: Session, mailing_ids: Collection[int], now: datetime) -> int:
    query = select(func.count()).where(
        Message.state == MessageState.QUEUED,
        Message.due_at > now,
        Message.mailing_id.in_(mailing_ids),
    )
    return session.scalar(query) or 0


def _has_moved(session: Session, mailing_ids: Collection[int], now: datetime) -> bool:
    """Tell whether a mail went lately, or the mailings began so lately that none could."""
    went = Message.mailing_id.in_(mailing_ids), Message.sent_at.is_not(None)
    sent = select(Message.sent_at).where(*went).order_by(Message.sent_at.desc()).limit(1)
    begun = select(func.max(Mailing.enqueued_at)).where(Mailing.id.in_(mailing_ids))
    moments = [moment for moment in (session.scalar(sent), session.scalar(begun)) if moment]
    return not moments or max(moments) > now - STALL


def _measure(session: Session, mailing_ids: Collection[int], now: datetime) -> int | None:
    """Return mails a minute from the first to the last that went lately; two at least."""
    recent = select(func.count(), func.min(Message.sent_at), func.max(Message.sent_at)).where(
        Message.mailing_id.in_(mailing_ids),
        Message.state == MessageState.SENT,
        Message.sent_at > now - WINDOW,
    )
    count, first, last = session.execute(recent).one()
    if first is None or last is None or first == last:
        return None
    return max(1, round((count - 1) / (last - first).total_seconds() * MINUTE_S))
