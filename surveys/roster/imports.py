"""The life of an uploaded file: staged → columns chosen and tried out → queued → … → done.

Enters: a sample that was read before, a mapping, a staff member's wish. Leaves: the row that
carries the file from one process to the next. Taking its rows in is `taking`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from models import Document, ImportState, RosterImport
from surveys.database import changed_count
from surveys.errors import N_, DonutError
from surveys.roster.cells import Reason
from surveys.roster.fields import Field, Meaning, NoField
from surveys.roster.pushes import drop_lines, drop_outcomes
from surveys.roster.running import ImportResult
from surveys.roster.uploads import Sample

KEPT_FOR = timedelta(days=30)
COUNTS = ("read", "created", "updated", "unchanged", "rejected", "unmailable")
LISTED_REJECTS = 20
LISTED_REMARKS = 5
ENDED = (ImportState.DONE, ImportState.FAILED, ImportState.CANCELLED)


class ImportMoved(DonutError):
    """The import is not where the page that was looked at says."""

    code: ClassVar[str] = "import_moved"
    status: ClassVar[int] = 409
    message: ClassVar[str] = N_(
        "This import has moved on meanwhile. Look at it again; nothing was changed."
    )


@dataclass(frozen=True)
class Upload:
    """A file that was looked at: its clean name, its bytes, what staff see of it."""

    filename: str
    content: bytes
    sample: Sample


def stage_import(
    session: Session, *, upload: Upload, actor: str, is_demo: bool, now: datetime
) -> RosterImport:
    """Keep an uploaded file until staff have said what its columns are."""
    row = RosterImport(
        is_demo=is_demo,
        filename=upload.filename,
        content=upload.content,
        size_bytes=len(upload.content),
        sample=upload.sample.as_document(),
        mapping=_guess(upload.sample),
        created_by=actor,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def read_mapping(mapping: Mapping[str, Any]) -> dict[str, Meaning]:
    """Return a stored mapping, heading → meaning, as the roster's rooms take it."""
    fields = set(Field)
    return {
        heading: Field(name) if name in fields else NoField(name)
        for heading, name in mapping.items()
    }


def describe(result: ImportResult) -> Document:
    """Return what an import did or would do, as it is stored: counts, first rejects, warnings."""
    return {
        **count_up(result),
        "reject_count": len(result.rejects),
        "rejects": [
            {**_reason(r.reason), "row": r.row, "column": r.column, "value": r.value}
            | {"is_kept": r.is_kept}
            for r in result.rejects[:LISTED_REJECTS]
        ],
        "remark_count": len(result.remarks),
        "remarks": [_reason(remark.reason) for remark in result.remarks[:LISTED_REMARKS]],
    }


def count_up(result: ImportResult) -> dict[str, int]:
    """Return the counts of an import by name."""
    return {name: getattr(result, name) for name in COUNTS}


def choose_columns(
    session: Session, *, row: RosterImport, mapping: Mapping[str, Meaning], findings: Document
) -> None:
    """Keep what staff chose and what the dry run under it found. Raises ImportMoved."""
    chosen = {heading: meaning.value for heading, meaning in mapping.items()}
    _move(session, row, [ImportState.UPLOADED], mapping=chosen, findings=findings)


def queue_import(session: Session, *, row: RosterImport) -> None:
    """Let the scheduler take the rows in. Raises ImportMoved, also before a dry run."""
    if row.findings is None:
        raise ImportMoved
    total = row.findings["read"]
    _move(session, row, [ImportState.UPLOADED], state=ImportState.QUEUED, total_count=total)


def cancel_import(session: Session, *, row: RosterImport, now: datetime) -> None:
    """End an import early and drop its file; what was taken in stays. Raises ImportMoved."""
    running = [ImportState.UPLOADED, ImportState.QUEUED, ImportState.RUNNING]
    _move(session, row, running, state=ImportState.CANCELLED, finished_at=now, **_nothing_left(row))
    drop_lines(session, import_id=row.id)


def refuse_import(
    session: Session, *, row: RosterImport, refusal: DonutError, now: datetime
) -> None:
    """End an import for a fault of its file, and drop the file at once."""
    fault = {"code": refusal.code, "message": refusal.message, "params": dict(refusal.params)}
    _move(
        session,
        row,
        [ImportState.UPLOADED, ImportState.RUNNING],
        state=ImportState.FAILED,
        fault=fault,
        finished_at=now,
        **_nothing_left(row),
    )
    drop_lines(session, import_id=row.id)


def drop_contents(session: Session, *, now: datetime) -> int:
    """Drop the files and pushes that ended, or were left lying, 30 days ago; return how many."""
    rows = session.scalars(
        select(RosterImport).where(
            RosterImport.content.is_not(None),
            or_(
                RosterImport.finished_at <= now - KEPT_FOR,
                (RosterImport.state == ImportState.UPLOADED)
                & (RosterImport.created_at <= now - KEPT_FOR),
            ),
        )
    ).all()
    for row in rows:
        is_left_lying = row.state == ImportState.UPLOADED
        for name, value in _nothing_left(row).items():
            setattr(row, name, value)
        if is_left_lying:
            row.state, row.finished_at = ImportState.CANCELLED, now
    session.flush()
    return len(rows) + drop_outcomes(session, before=now - KEPT_FOR)


def list_imports(session: Session, *, limit: int) -> Sequence[RosterImport]:
    """Return the newest imports, without their files."""
    return session.scalars(select(RosterImport).order_by(RosterImport.id.desc()).limit(limit)).all()


def _guess(sample: Sample) -> dict[str, str]:
    pairs = zip(sample.headings, sample.meanings, strict=True)
    return {heading: meaning for heading, meaning in pairs if heading and meaning}


def _reason(reason: Reason) -> Document:
    return {"code": reason.code, "message": reason.message, "params": dict(reason.params)}


def _nothing_left(row: RosterImport) -> Document:
    findings = row.findings and {**row.findings, "rejects": [], "remarks": []}
    return {"content": None, "sample": None, "findings": findings}


def _move(
    session: Session, row: RosterImport, states: Sequence[ImportState], **values: Any
) -> None:
    moved = session.execute(
        update(RosterImport)
        .where(RosterImport.id == row.id, RosterImport.state.in_(states))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if changed_count(moved) == 0:
        raise ImportMoved
    session.expire(row)
