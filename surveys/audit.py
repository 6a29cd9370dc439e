"""The audit trail: one row for each change that a person made, and looking them up again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models import AuditEntry


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which entries are looked for; None and empty are all. `until` itself is left out."""

    actor: str | None = None
    action: str | None = None
    subjects: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def record(
    session: Session,
    *,
    actor: str,
    action: str,
    subject: str,
    now: datetime,
    **details: object,
) -> None:
    """Add one entry to the running transaction. `details` hold no token, address or answer."""
    session.add(
        AuditEntry(at=now, actor=actor, action=action, subject=subject, details=dict(details))
    )


def list_entries(
    session: Session, *, wanted: Wanted, limit: int, before_id: int | None = None
) -> Sequence[AuditEntry]:
    """Return the newest entries; `before_id` goes on after the last one of a page."""
    chosen = _conditions(wanted)
    if before_id is not None:
        chosen.append(AuditEntry.id < before_id)
    newest = select(AuditEntry).where(*chosen).order_by(AuditEntry.id.desc())
    return session.scalars(newest.limit(limit)).all()


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    asked = {AuditEntry.actor: wanted.actor, AuditEntry.action: wanted.action}
    chosen: list[ColumnElement[bool]] = [c == value for c, value in asked.items() if value]
    if wanted.subjects:
        chosen.append(AuditEntry.subject.in_(wanted.subjects))
    if wanted.since is not None:
        chosen.append(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        chosen.append(AuditEntry.at < wanted.until)
    return chosen
