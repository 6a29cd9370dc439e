"""Returned mails themselves, which hold addresses and words, are not kept for ever."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from models import MailReport
from surveys.database import changed_count

KEPT_FOR = timedelta(days=180)


def drop_written(session: Session, *, now: datetime) -> int:
    """Drop the mails that came back long ago, also unread ones; what was made of them stays."""
    dropped = session.execute(
        update(MailReport)
        .where(MailReport.received_at < now - KEPT_FOR, MailReport.raw.is_not(None))
        .values(raw=None)
    )
    return changed_count(dropped)
