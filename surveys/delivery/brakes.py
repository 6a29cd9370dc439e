"""The brake that all senders read before each mail: one row in the database, set and let go."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import Mailing, Message, MessageState, SenderState
from surveys.database import changed_count
from surveys.delivery.settling import NOT_RENDERED

# A text that breaks one of the first mails breaks them all; later, one in a thousand is too many.
FIRST_MAILS = 20
TOLERATED_SHARE = 1_000


@dataclass(frozen=True)
class Brake:
    """Since when nothing is sent, and why; `reply` is what the server said, where it did."""

    paused_at: datetime
    reason: str
    reply: str = ""


def find_brake(session: Session) -> Brake | None:
    """Return the brake when it is set."""
    state = session.execute(select(SenderState.paused_at, SenderState.paused_reason)).one()
    if state.paused_at is None:
        return None
    return Brake(state.paused_at, *read_reason(state.paused_reason or ""))


def read_reason(stored: str) -> tuple[str, str]:
    """Return why something was paused, and what the server said ("" where it did not)."""
    reason, _, reply = stored.partition(": ")
    return reason, reply


def pause_sending(session: Session, *, reason: str, now: datetime, reply: str = "") -> bool:
    """Set the brake; False when it was set before, whose reason then stays."""
    paused = session.execute(
        update(SenderState)
        .where(SenderState.paused_at.is_(None))
        .values(paused_at=now, paused_reason=_write_reason(reason, reply))
    )
    return changed_count(paused) == 1


def resume_sending(session: Session) -> bool:
    """Let the brake go; False when it was not set."""
    resumed = session.execute(
        update(SenderState)
        .where(SenderState.paused_at.is_not(None))
        .values(paused_at=None, paused_reason=None)
    )
    return changed_count(resumed) == 1


def pause_mailing(
    session: Session, *, mailing_id: int, reason: str, now: datetime, reply: str = ""
) -> bool:
    """Hold up one mailing alone; False when it was before, for a reason that then stays."""
    paused = session.execute(
        update(Mailing)
        .where(Mailing.id == mailing_id, Mailing.paused_at.is_(None))
        .values(paused_at=now, paused_reason=_write_reason(reason, reply))
    )
    return changed_count(paused) == 1


def resume_mailing(session: Session, *, mailing_id: int) -> bool:
    """Let a mailing that was paused by itself go on; False when it was not."""
    resumed = session.execute(
        update(Mailing)
        .where(Mailing.id == mailing_id, Mailing.paused_at.is_not(None))
        .values(paused_at=None, paused_reason=None)
    )
    return changed_count(resumed) == 1


def is_text_broken(session: Session, *, mailing_id: int) -> bool:
    """Tell whether so many mails of a mailing could not be made that the rest must wait."""
    broken = func.count().filter(Message.reason == NOT_RENDERED)
    settled = select(broken, func.count()).where(
        Message.mailing_id == mailing_id,
        Message.state.in_([MessageState.SENT, MessageState.FAILED]),
    )
    broken_count, settled_count = session.execute(settled).one()
    is_early = settled_count <= FIRST_MAILS
    return broken_count > 0 and (is_early or broken_count * TOLERATED_SHARE > settled_count)


def took_mail_since(session: Session, *, mailing_id: int, instant: datetime) -> bool:
    """Tell whether the mail server has taken any mail of a mailing since `instant`."""
    sent = select(Message.id).where(
        Message.mailing_id == mailing_id,
        Message.state == MessageState.SENT,
        Message.smtp_code.is_not(None),
        Message.sent_at > instant,
    )
    return session.scalar(sent.limit(1)) is not None


def _write_reason(reason: str, reply: str) -> str:
    return f"{reason}: {reply}" if reply else reason
