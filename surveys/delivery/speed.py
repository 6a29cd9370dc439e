"""How fast mails go out just now, what holds them up, and when those that wait will be through."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import DomainPace, Mailing, MailingState, Message, MessageState
from surveys.delivery.forecast import Backlog, find_end, first_start
from surveys.delivery.holdups import Holdup, list_holdups
from surveys.delivery.listing import STATES, Group, sum_groups
from surveys.delivery.pace import Pace
from surveys.delivery.status import MailingStatus, OutboxStatus

WINDOW = timedelta(minutes=5)
STALL = timedelta(minutes=2)
MINUTE_S = 60
ALL_GROUPS = ""


@dataclass(frozen=True)
class Speed:
    """`waiting` could go now; `later` waits for its own time (a retry) or for a pause to end.

    `per_minute` is measured over the last minutes, else what the settings allow; None when neither
    says anything. `done_at` follows from it; None while that can't be told. `is_stalled`: mails
    could go, but the mail server has taken none for STALL. `is_resting`: our own rules hold all of
    them up till `resumes_at` (None: for good); `holdups` says which, also where others go.
    """

    waiting: int
    later: int
    per_minute: int | None
    done_at: datetime | None
    is_stalled: bool = False
    is_resting: bool = False
    resumes_at: datetime | None = None
    holdups: Sequence[Holdup] = ()


def measure_speed(
    session: Session, *, status: OutboxStatus, mail_rate: int, pace: Pace, now: datetime
) -> Speed:
    """Return the speed at `now`; `mail_rate` is the allowed one in mails a minute, 0 for none.

    `status` is that of the whole outbox.
    """
    running = [m for m in status.mailings if _count(m) and not _is_at_rest(m, now)]
    ids = [mailing.id for mailing in running]
    waiting = sum(map(_count, running)) - _count_later(session, ids, now)
    later = sum(map(_count, status.mailings)) - waiting
    if not waiting or status.brake is not None:
        return Speed(waiting, later, None, None)
    watched_until = _watched_until(running, now) if pace.canary else None
    begins_at = watched_until or now
    backlogs = _list_backlogs(session, ids, waiting, pace, now)
    starts = [first_start(backlog, pace=pace, now=begins_at) for backlog in backlogs]
    known = [start for start in starts if start is not None]
    is_resting = now not in known
    holdups = list_holdups(backlogs, pace=pace, watched_until=watched_until, now=now)
    if not is_resting and not _has_moved(session, running, pace, now):
        return Speed(waiting, later, None, None, is_stalled=True, holdups=holdups)
    per_minute = _measure(session, ids, now) or mail_rate or None
    return Speed(
        waiting,
        later,
        per_minute,
        find_end(backlogs, pace=pace, per_minute=per_minute, now=begins_at),
        is_resting=is_resting,
        resumes_at=min(known, default=None) if is_resting else None,
        holdups=holdups,
    )


def _count(mailing: MailingStatus) -> int:
    return sum_groups(mailing.counts)[Group.WAITING]


def _is_at_rest(mailing: MailingStatus, now: datetime) -> bool:
    is_put_off = mailing.state == MailingState.PLANNED and mailing.due_at > now
    is_held = mailing.state == MailingState.HELD
    return mailing.is_survey_paused or mailing.paused_reason is not None or is_put_off or is_held


def _watched_until(running: Sequence[MailingStatus], now: datetime) -> datetime | None:
    """Return when the first mailing's others may follow, where all have first mails watched."""
    ends = [mailing.watched_until for mailing in running]
    ahead = [end for end in ends if end is not None and end > now]
    return min(ahead) if len(ahead) == len(ends) else None


def _count_later(session: Session, mailing_ids: Collection[int], now: datetime) -> int:
    query = select(func.count()).where(
        Message.state == MessageState.QUEUED,
        Message.due_at > now,
        Message.mailing_id.in_(mailing_ids),
    )
    return session.scalar(query) or 0


def _list_backlogs(
    session: Session, mailing_ids: Collection[int], waiting: int, pace: Pace, now: datetime
) -> list[Backlog]:
    """Return what waits for each group of receivers, or for all where none differs."""
    states = session.scalars(select(DomainPace).execution_options(populate_existing=True)).all()
    rest = {
        s.domain_group: s.closed_until for s in states if s.closed_until and s.closed_until > now
    }
    if not (pace.domain_rates or pace.ramp_up or rest):
        return [Backlog(group=ALL_GROUPS, count=waiting)]
    query = select(Message.domain_group, func.count()).where(
        Message.state.in_(STATES[Group.WAITING]),
        Message.due_at <= now,
        Message.mailing_id.in_(mailing_ids),
    )
    rows = session.execute(query.group_by(Message.domain_group))
    counts: dict[str, int] = {row[0]: row[1] for row in rows}
    return [
        Backlog(
            group=state.domain_group,
            count=counts[state.domain_group],
            rests_until=rest.get(state.domain_group),
            reply=state.closed_reason or "",
            first_sent_on=state.first_sent_on,
            counted_on=state.counted_on,
            sent_count=state.sent_count,
        )
        for state in states
        if state.domain_group in counts
    ]


def _has_moved(
    session: Session, running: Sequence[MailingStatus], pace: Pace, now: datetime
) -> bool:
    """Tell whether a mail went lately, or what held mails up ended so lately that none could."""
    ids = [mailing.id for mailing in running]
    went = Message.mailing_id.in_(ids), Message.sent_at.is_not(None)
    sent = select(Message.sent_at).where(*went).order_by(Message.sent_at.desc()).limit(1)
    begun = select(func.max(Mailing.enqueued_at)).where(Mailing.id.in_(ids))
    rested = select(func.max(DomainPace.closed_until)).where(DomainPace.closed_until <= now)
    watched = [mailing.watched_until for mailing in running]
    opened = None if pace.window.is_always_open else pace.window.opening(now)
    moments = [*(session.scalar(query) for query in (sent, begun, rested)), *watched, opened]
    known = [moment for moment in moments if moment is not None]
    return not known or max(known) > now - STALL


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
