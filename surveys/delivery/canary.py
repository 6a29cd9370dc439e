"""The first mails of a mailing, watched for a while before the others follow."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from models import Mailing, MailingState, Message, MessageState, Survey

WATCHED = timedelta(minutes=10)
MOST_BAD = 2
# Where so few are asked, the first twenty are nearly all.
LEAST_RECIPIENTS = 40
CANARY_FAILED = "canary_failed"
STARTED = (
    MessageState.CLAIMED,
    MessageState.SENDING,
    MessageState.SENT,
    MessageState.FAILED,
    MessageState.UNKNOWN,
)
IN_HANDS = (MessageState.CLAIMED, MessageState.SENDING)

log = structlog.get_logger()


@dataclass(frozen=True)
class Trial:
    """A mailing of which so many first mails may still be claimed."""

    mailing_id: int
    left: int


def list_trials(session: Session, *, size: int, now: datetime) -> list[Trial]:
    """Return the mailings whose first mails have yet to go; move those on that were watched enough.

    The mailings' rows are held, so that two senders don't both claim the same first mails.
    """
    if not size:
        return []
    watched = session.scalars(_watched()).all()
    trials = [_watch(session, mailing, size, now) for mailing in watched]
    return [trial for trial in trials if trial is not None]


def _watched() -> Select[Mailing]:
    return (
        select(Mailing)
        .join(Survey, Survey.id == Mailing.survey_id)
        .where(
            Mailing.state == MailingState.ENQUEUED,
            Mailing.is_canary_passed.is_(False),
            Mailing.paused_at.is_(None),
            Survey.paused_at.is_(None),
        )
        .order_by(Mailing.due_at, Mailing.id)
        .with_for_update(skip_locked=True, of=Mailing)
        .execution_options(populate_existing=True)
    )


def _watch(session: Session, mailing: Mailing, size: int, now: datetime) -> Trial | None:
    started, in_hands = _count(session, mailing.id, STARTED), _count(session, mailing.id, IN_HANDS)
    if mailing.canary_until is None and started < size and _has_queued(session, mailing.id):
        return Trial(mailing.id, size - started)
    if in_hands:
        return None
    # An end further ahead is that of a clock that ran ahead.
    if mailing.canary_until is None or mailing.canary_until > now + WATCHED:
        _update(session, mailing, canary_until=now + WATCHED)
    elif now >= mailing.canary_until:
        _judge(session, mailing, now)
    return None


def _judge(session: Session, mailing: Mailing, now: datetime) -> None:
    """Let the others follow, or leave that to staff when too many of the first did badly."""
    came_back = or_(Message.bounced_at.is_not(None), Message.state == MessageState.FAILED)
    bad = select(func.count()).where(
        Message.mailing_id == mailing.id,
        Message.state.in_([MessageState.SENT, MessageState.FAILED]),
        came_back,
    )
    count = session.scalars(bad).one()
    if count > MOST_BAD:
        log.error("mailing_paused", reason=CANARY_FAILED, mailing=mailing.id, bad=count)
        _update(session, mailing, is_canary_passed=True, paused_at=now, paused_reason=CANARY_FAILED)
        return
    _update(session, mailing, is_canary_passed=True)


def _has_queued(session: Session, mailing_id: int) -> bool:
    queued = select(Message.id).where(
        Message.mailing_id == mailing_id, Message.state == MessageState.QUEUED
    )
    return session.scalar(queued.limit(1)) is not None


def _count(session: Session, mailing_id: int, states: tuple[MessageState, ...]) -> int:
    query = select(func.count()).where(Message.mailing_id == mailing_id, Message.state.in_(states))
    return session.scalars(query).one()


def _update(session: Session, mailing: Mailing, **values: object) -> None:
    session.execute(update(Mailing).where(Mailing.id == mailing.id).values(**values))
