"""What became of each pushed person: kept with the people, listed page by page, told in words."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import Session

from models import Document, RosterImport, RosterImportRow
from surveys.roster.cells import Reason
from surveys.roster.checking import Fault
from surveys.roster.running import ERASED, RowOutcome

OUTCOMES = ("created", "updated", "unchanged", "rejected")


def keep_outcomes(session: Session, *, import_id: int, outcomes: Iterable[RowOutcome]) -> None:
    """Keep what became of some rows of a push; each row once, or the database refuses.

    The key of somebody erased is not kept: the row's number tells the sender whom it is about.
    """
    rows = [
        {
            "import_id": import_id,
            "number": outcome.number,
            "external_id": None if _is_of_erased(outcome) else outcome.key,
            "outcome": outcome.outcome,
            "faults": [_keep_fault(fault) for fault in outcome.faults],
        }
        for outcome in outcomes
    ]
    if rows:
        session.execute(insert(RosterImportRow), rows)


def forget_key(session: Session, *, external_id: str, is_demo: bool) -> None:
    """Leave a person's key out of what is kept of earlier pushes of this world."""
    pushes = select(RosterImport.id).where(RosterImport.is_demo == is_demo)
    session.execute(
        update(RosterImportRow)
        .where(RosterImportRow.external_id == external_id, RosterImportRow.import_id.in_(pushes))
        .values(external_id=None)
    )


def list_outcomes(
    session: Session, *, import_id: int, outcome: str | None, after: int, limit: int
) -> Sequence[RosterImportRow]:
    """Return up to `limit` rows behind row number `after`, of one outcome or all."""
    return session.scalars(_chosen(import_id, outcome, after).limit(limit)).all()


def tell_fault(fault: Fault, language: str) -> Document:
    """Return a fault as other systems read it: where it is, a code, a sentence in `language`."""
    return _told(fault.column, fault.reason, language, is_kept=not fault.is_fatal)


def tell_kept_fault(kept: dict[str, Any], language: str) -> Document:
    """Return the same of a fault that was kept with its row."""
    reason = Reason(kept["code"], kept["message"], kept["params"])
    return _told(kept["field"], reason, language, is_kept=kept["is_kept"])


def _is_of_erased(outcome: RowOutcome) -> bool:
    return any(fault.reason.code == ERASED.code for fault in outcome.faults)


def _told(path: str, reason: Reason, language: str, *, is_kept: bool) -> Document:
    return {
        "pointer": f"/{path}" if path else "",
        "code": reason.code,
        "detail": reason.explain(language),
        "is_kept": is_kept,
    }


def _keep_fault(fault: Fault) -> Document:
    return {
        "field": fault.column,
        "code": fault.reason.code,
        "message": fault.reason.message,
        "params": dict(fault.reason.params),
        "is_kept": not fault.is_fatal,
    }


def _chosen(import_id: int, outcome: str | None, after: int) -> Select[RosterImportRow]:
    query = select(RosterImportRow).where(
        RosterImportRow.import_id == import_id, RosterImportRow.number > after
    )
    if outcome is not None:
        query = query.where(RosterImportRow.outcome == outcome)
    return query.order_by(RosterImportRow.number)
