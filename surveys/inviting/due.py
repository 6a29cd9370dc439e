"""From the plan to the outbox: each mailing that is due becomes one message a person, once.

Runs in every tick of every scheduler. Marking a mailing and inserting its messages are one
transaction, and both are guarded, so that any number of ticks at once leaves the same rows.
Knows nothing of addresses: eligibility is read when a message is claimed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from models import (
    Alumnus,
    Invitation,
    Mailing,
    MailingKind,
    MailingState,
    Message,
    MessageState,
    Survey,
)
from surveys.database import changed_count
from surveys.delivery.canary import LEAST_RECIPIENTS
from surveys.delivery.domains import group_of

INSERTS: dict[str, Callable[[type[Message]], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


@dataclass(frozen=True)
class Enqueued:
    """What one tick did: mailings taken from the plan, messages made, mailings held."""

    mailing_count: int = 0
    message_count: int = 0
    held_count: int = 0


def enqueue_due(session: Session, *, now: datetime, sender_domain: str = "") -> Enqueued:
    """Put the messages of every mailing that is due at `now` into the outbox.

    `sender_domain` is ours: its receivers are a group of their own. Skips surveys that are paused
    or over. A mailing later than its lateness limit is held for staff to see, and so is every later
    one of that survey: no reminder overtakes the invitation.
    """
    done = Enqueued()
    for mailing in session.scalars(_select_due(now)).all():
        is_late = now - mailing.due_at > timedelta(seconds=mailing.late_after_s)
        if is_late or _waits_behind_held(session, mailing):
            held = _mark(session, mailing, state=MailingState.HELD, held_at=now)
            done = Enqueued(done.mailing_count, done.message_count, done.held_count + held)
        elif _mark(session, mailing, state=MailingState.ENQUEUED, enqueued_at=now):
            _wake(session, mailing)
            made = _insert_messages(session, mailing, sender_domain)
            _judge_canary(session, mailing, made)
            done = Enqueued(done.mailing_count + 1, done.message_count + made, done.held_count)
    return done


def recipients_of(kind: str) -> list[ColumnElement[bool]]:
    """Return the conditions on Invitation that tell whom a mailing of `kind` is for."""
    if kind == MailingKind.THANKS:
        return [Invitation.responded_at.is_not(None)]
    asked: list[ColumnElement[bool]] = [Invitation.manual_code.is_(None)]
    if kind == MailingKind.REMINDER:
        asked += [Invitation.responded_at.is_(None), Invitation.declined_at.is_(None)]
    return asked


def _select_due(now: datetime) -> Any:
    return (
        select(Mailing)
        .join(Survey, Survey.id == Mailing.survey_id)
        .where(
            Mailing.state == MailingState.PLANNED,
            Mailing.due_at <= now,
            Survey.launched_at.is_not(None),
            Survey.paused_at.is_(None),
            Survey.closes_at > now,
            or_(Survey.closed_at.is_(None), Survey.closed_at > now),
        )
        .order_by(Mailing.due_at, Mailing.position)
    )


def _waits_behind_held(session: Session, mailing: Mailing) -> bool:
    earlier = aliased(Mailing)
    waits = exists().where(
        earlier.survey_id == mailing.survey_id,
        earlier.position < mailing.position,
        earlier.state == MailingState.HELD,
    )
    return bool(session.scalar(select(waits)))


def _mark(session: Session, mailing: Mailing, **values: Any) -> int:
    """Move a planned mailing on; 0 when another scheduler has, or staff gave it another time."""
    moved = session.execute(
        update(Mailing)
        .where(
            Mailing.id == mailing.id,
            Mailing.state == MailingState.PLANNED,
            Mailing.due_at == mailing.due_at,
        )
        .values(**values)
    )
    return changed_count(moved)


def _wake(session: Session, mailing: Mailing) -> None:
    """Let mails that were made before their mailing was put off be due with it, and not late."""
    session.execute(
        update(Message)
        .where(
            Message.mailing_id == mailing.id,
            Message.state == MessageState.QUEUED,
            Message.due_at < mailing.due_at,
        )
        .values(due_at=mailing.due_at)
        .execution_options(synchronize_session=False)
    )


def _insert_messages(session: Session, mailing: Mailing, sender_domain: str) -> int:
    expires_at = mailing.survey.ends_at()
    rows = select(
        literal(mailing.id),
        Invitation.id,
        literal(mailing.due_at, Mailing.due_at.type),
        literal(expires_at, Message.expires_at.type),
        group_of(Alumnus.email, sender_domain=sender_domain),
    )
    asked = rows.join(Alumnus, Alumnus.id == Invitation.alumnus_id).where(
        Invitation.survey_id == mailing.survey_id, *recipients_of(mailing.kind)
    )
    insert = INSERTS[session.connection().dialect.name](Message)
    columns = ["mailing_id", "invitation_id", "due_at", "expires_at", "domain_group"]
    filled = insert.from_select(columns, asked)
    once = filled.on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return changed_count(session.execute(once))


def _judge_canary(session: Session, mailing: Mailing, made: int) -> None:
    """Spare a mailing the wait after its first mails where that proves nothing."""
    is_thanks = mailing.kind == MailingKind.THANKS
    if is_thanks or mailing.survey.is_demo or made <= LEAST_RECIPIENTS:
        session.execute(
            update(Mailing).where(Mailing.id == mailing.id).values(is_canary_passed=True)
        )
