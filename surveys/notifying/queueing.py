"""Dropping a mail for a member of staff into their outbox: once a person, kind and occasion."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import StaffMail, StaffMailKind


def queue_mail(
    session: Session,
    *,
    staff_id: int,
    kind: StaffMailKind,
    key: str,
    params: dict[str, Any],
    now: datetime,
) -> StaffMail | None:
    """Return the new mail, due at once, or None when this occasion was queued before.

    `key` names the occasion, such as a day or a survey; `params` are what its writer needs to
    write it at sending: ids and codes, never a text, link or secret.
    """
    if find_mail(session, staff_id=staff_id, kind=kind, key=key) is not None:
        return None
    mail = StaffMail(
        staff_id=staff_id, kind=kind, key=key, params=params, due_at=now, created_at=now
    )
    session.add(mail)
    session.flush()
    return mail


def find_mail(
    session: Session, *, staff_id: int, kind: StaffMailKind, key: str
) -> StaffMail | None:
    """Return the mail of an occasion, with the state it has reached, or None."""
    return session.scalar(
        select(StaffMail).where(
            StaffMail.staff_id == staff_id, StaffMail.kind == kind, StaffMail.key == key
        )
    )


def find_latest(session: Session, *, staff_id: int, kind: StaffMailKind) -> StaffMail | None:
    """Return the newest mail of a kind to a person, or None."""
    return session.scalar(
        select(StaffMail)
        .where(StaffMail.staff_id == staff_id, StaffMail.kind == kind)
        .order_by(StaffMail.id.desc())
        .limit(1)
    )
