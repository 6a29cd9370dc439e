"""Who may manage receivers, and what the audit trail keeps of it."""

from datetime import datetime

from sqlalchemy.orm import Session

from models import WebhookEndpoint
from surveys.api.callers import Caller, presented_key
from surveys.api.refusals import ScopeMissing
from surveys.audit import record
from surveys.errors import N_
from surveys.webhooks.wire_ids import Prefix, write_id


class KeyIsNarrow(ScopeMissing):
    """A key of one indicator may not make a receiver, which would hear of all of them."""

    message = N_("This key sees one indicator only, and receivers hear of all of them.")


def managing_caller() -> Caller:
    """Return whose request this is. Raises KeyIsNarrow."""
    caller = presented_key()
    if caller.indicator_code is not None:
        raise KeyIsNarrow
    return caller


def note_change(
    session: Session, endpoint: WebhookEndpoint, action: str, *, now: datetime, **details: object
) -> None:
    """Record what a key did to a receiver."""
    record(
        session,
        actor=presented_key().actor,
        action=action,
        subject=f"webhook:{write_id(Prefix.ENDPOINT, endpoint.public_id)}",
        now=now,
        **details,
    )
