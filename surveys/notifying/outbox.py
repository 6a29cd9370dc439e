"""The outbox of mails to staff: taken one by one, marked before the first byte, settled after.

The mark and the letter's own rows (a link's hash) are one commit. A crash after it leaves the mail
`unknown` and it is not repeated; a crash before it leaves the mail queued. There are few of them,
so they keep no pace with the mailings, and a brake on those does not stop them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from models import Staff, StaffMail, StaffMailState
from surveys.database import changed_count, database_time
from surveys.delivery.outcomes import (
    Accepted,
    AuthenticationRefused,
    Outcome,
    OutcomeUnknown,
    ServerUnavailable,
    TemporarilyRefused,
)

# Above the 600 s that a server may take after the final dot (RFC 5321, section 4.5.3.2.6).
LEASE_S = 900
RETRY_PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
)
SERVER_AWAY = timedelta(seconds=30)

CRASHED = "crashed"
DISABLED = "disabled"
LINE_LOST = "line_lost"
NOT_NEEDED = "not_needed"
NOT_WRITTEN = "not_written"
REFUSED = "refused"
REFUSED_TOO_LONG = "refused_too_long"


@dataclass(frozen=True)
class Settled:
    """What became of one mail: its state, and why where it was not sent."""

    state: StaffMailState
    reason: str | None = None


def has_work(session: Session, *, now: datetime) -> bool:
    """Tell whether a mail is due at `now` or was left behind by a crash."""
    work = or_(_is_due(now), _is_lost())
    return session.scalar(select(StaffMail.id).where(work).limit(1)) is not None


def take_due(session: Session, *, now: datetime) -> StaffMail | None:
    """Return the oldest mail that is due, locked against other senders, or None."""
    return session.scalar(
        select(StaffMail)
        .where(_is_due(now))
        .order_by(StaffMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def mark_sending(session: Session, *, mail: StaffMail) -> None:
    """Mark a taken mail as about to go; commit before the first byte."""
    session.execute(
        update(StaffMail)
        .where(StaffMail.id == mail.id)
        .values(state=StaffMailState.SENDING, lease_until=database_time(LEASE_S))
        .execution_options(synchronize_session=False)
    )
    session.refresh(mail)


def find_obstacle(session: Session, *, mail: StaffMail) -> str | None:
    """Return why a mail must not go any more, or None."""
    if mail.staff_id is None:
        return None
    reader = session.get_one(Staff, mail.staff_id)
    return DISABLED if reader.disabled_at is not None else None


def give_up(session: Session, *, mail_id: int, reason: str, now: datetime) -> Settled:
    """Record that a queued mail will not be sent: nobody to send it to, or nothing to say."""
    mail = session.get_one(StaffMail, mail_id, with_for_update=True)
    if mail.state == StaffMailState.QUEUED:
        mail.state, mail.reason, mail.settled_at = StaffMailState.FAILED, reason, now
    return Settled(StaffMailState(mail.state), mail.reason)


def settle(session: Session, *, mail_id: int, outcome: Outcome, now: datetime) -> Settled:
    """Record what the server said of a mail in `sending`; one taken back meanwhile stays so."""
    mail = session.get_one(StaffMail, mail_id, with_for_update=True)
    if mail.state == StaffMailState.SENDING:
        _apply(mail, outcome, now)
    return Settled(StaffMailState(mail.state), mail.reason)


def recover_lost(session: Session) -> int:
    """Mark as unknown what was being sent when its sender died; return how many."""
    lost = session.execute(
        update(StaffMail)
        .where(_is_lost())
        .values(state=StaffMailState.UNKNOWN, reason=CRASHED, lease_until=None)
        .execution_options(synchronize_session=False)
    )
    return changed_count(lost)


def _apply(mail: StaffMail, outcome: Outcome, now: datetime) -> None:
    mail.lease_until = None
    match outcome:
        case Accepted():
            mail.state, mail.reason, mail.settled_at = StaffMailState.SENT, None, now
        case OutcomeUnknown():
            mail.state, mail.reason, mail.settled_at = StaffMailState.UNKNOWN, LINE_LOST, now
        case ServerUnavailable() | AuthenticationRefused():
            mail.state, mail.due_at = StaffMailState.QUEUED, now + SERVER_AWAY
        case TemporarilyRefused() if mail.attempt_count < len(RETRY_PAUSES):
            mail.state, mail.due_at = StaffMailState.QUEUED, now + RETRY_PAUSES[mail.attempt_count]
            mail.attempt_count += 1
        case TemporarilyRefused():
            mail.state, mail.reason = StaffMailState.FAILED, REFUSED_TOO_LONG
            mail.settled_at = now
        case _:
            mail.state, mail.reason, mail.settled_at = StaffMailState.FAILED, REFUSED, now


def _is_due(now: datetime) -> ColumnElement[bool]:
    return (StaffMail.state == StaffMailState.QUEUED) & (StaffMail.due_at <= now)


def _is_lost() -> ColumnElement[bool]:
    is_over = StaffMail.lease_until < database_time(0)
    return (StaffMail.state == StaffMailState.SENDING) & is_over
