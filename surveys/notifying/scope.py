"""Who is told of what: the staff who want it, and the surveys that are worth a word.

Demo surveys are worth one only while demo data are all there is, so that trying Dönüt out shows
its mails, and nobody at work is bothered by invented numbers.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import Staff, StaffMailKind, Survey
from surveys.indicators.finding import HEADLINE, is_demo_only
from surveys.notifying.queueing import queue_mail


def list_readers(session: Session) -> Sequence[Staff]:
    """Return the staff who want to be told."""
    return session.scalars(
        select(Staff)
        .where(Staff.wants_digest.is_(True), Staff.disabled_at.is_(None))
        .order_by(Staff.id)
    ).all()


def list_surveys(session: Session) -> Sequence[Survey]:
    """Return the launched surveys that are told of, in order of their codes."""
    is_demo = is_demo_only(session, code=HEADLINE)
    return session.scalars(
        select(Survey)
        .where(Survey.launched_at.is_not(None), Survey.is_demo == is_demo)
        .order_by(Survey.code)
    ).all()


def queue_once(
    session: Session,
    *,
    reader: Staff,
    kind: StaffMailKind,
    key: str,
    params: Mapping[str, Any],
    now: datetime,
) -> int:
    """Queue one mail and return 1, or 0 when it was queued before, be it by another scheduler."""
    try:
        with session.begin_nested():
            mail = queue_mail(
                session, staff_id=reader.id, kind=kind, key=key, params=dict(params), now=now
            )
    except IntegrityError:
        return 0
    return int(mail is not None)
