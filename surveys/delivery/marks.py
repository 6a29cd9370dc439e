"""The number that a database raises with each claimed batch; senders remember it outside."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import SenderState


@dataclass(frozen=True)
class Mark:
    """Which database a sender worked for, and the highest number that it met there."""

    database_id: str
    claim_number: int


def read_mark(session: Session) -> Mark:
    """Return what the database says of itself."""
    row = session.execute(select(SenderState.database_id, SenderState.claim_number)).one()
    return Mark(row.database_id, row.claim_number)


def raise_mark(session: Session) -> Mark:
    """Raise the database's number by one claimed batch and return it."""
    raised = update(SenderState).values(claim_number=SenderState.claim_number + 1)
    row = session.execute(raised.returning(SenderState.database_id, SenderState.claim_number)).one()
    return Mark(row.database_id, row.claim_number)
