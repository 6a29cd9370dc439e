"""The audit trail: one row for each change that a person made."""

from datetime import datetime

from sqlalchemy.orm import Session

from models import AuditEntry


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
