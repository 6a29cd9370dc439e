"""A mailing whose mails wait in the outbox for too long is held, for staff to see and to let go.

The plan holds a mailing that falls due too late. This is the other half: mails that were put into
the outbox in time and could not go, since the sender stood still or sending was paused for days.
A large mailing that goes out slowly but steadily is not late, nor is a mail that is tried again.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Mailing, MailingState, Message
from surveys.database import changed_count
from surveys.delivery.queue import Among, find_heads, list_resting
from surveys.delivery.window import ALWAYS, Window

log = structlog.get_logger()


def hold_late(session: Session, *, now: datetime, window: Window = ALWAYS) -> None:
    """Hold every mailing whose mails stand at the head of the queue and are too late at `now`.

    Only time in which mails may go counts: a weekend that we keep makes nothing late.
    """
    while late := _find_late_head(session, now, window):
        if not _hold(session, late, now):
            return
        log.warning("mailing_held", mailing=late.id)


def _find_late_head(session: Session, now: datetime, window: Window) -> Mailing | None:
    among = Among(resting=list_resting(session, now=now))
    heads = find_heads(session, among=among, now=now)
    for head in sorted(heads, key=lambda head: head.due_at):
        mailing = session.get_one(Mailing, head.mailing_id)
        patience = timedelta(seconds=mailing.late_after_s)
        if head.due_at >= now - patience:
            continue
        stood_since = max(head.due_at, _last_sent(session, mailing.id) or head.due_at)
        too_late = window.finish(stood_since, work=patience)
        if too_late is not None and too_late < now:
            return mailing
    return None


def _last_sent(session: Session, mailing_id: int) -> datetime | None:
    sent = (
        select(Message.sent_at)
        .where(Message.mailing_id == mailing_id, Message.sent_at.is_not(None))
        .order_by(Message.sent_at.desc())
        .limit(1)
    )
    return session.scalar(sent)


def _hold(session: Session, late: Mailing, now: datetime) -> bool:
    """Hold it and the later ones of its survey: no reminder overtakes the invitation."""
    held = session.execute(
        update(Mailing)
        .where(
            Mailing.survey_id == late.survey_id,
            Mailing.position >= late.position,
            Mailing.state == MailingState.ENQUEUED,
        )
        .values(state=MailingState.HELD, held_at=now)
    )
    return changed_count(held) > 0
