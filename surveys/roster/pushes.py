"""A long push from one process to the next: its lines come in, wait, are read again, and go.

Enters: bytes as they arrive, cut anywhere. Leaves: an import that the scheduler takes in as it
takes a file's, a thousand lines a transaction.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models import (
    ImportSource,
    ImportState,
    RosterImport,
    RosterImportPart,
    RosterImportRow,
)
from surveys.errors import N_, DonutError
from surveys.roster.pushed import LONGEST_LINE_BYTES, Pushed, read_line
from surveys.roster.running import BATCH_ROWS
from surveys.tokens import new_id

LARGEST_PUSH_BYTES = 64 * 1024 * 1024
MOST_LINES = 200_000
READ_BYTES = 64 * 1024
# Of one key: each may hold as much as LARGEST_PUSH_BYTES.
MOST_WAITING = 5


class PushTooLong(DonutError):
    """More lines than one push may have."""

    code: ClassVar[str] = "payload_too_large"
    status: ClassVar[int] = 413
    message: ClassVar[str] = N_(
        "One push has at most %(lines)s lines. Push the others in a second one."
    )


class PushEmpty(DonutError):
    """No line holds anything."""

    code: ClassVar[str] = "push_empty"
    message: ClassVar[str] = N_("The push holds no people. Send one JSON object a line.")


class ImportUnknown(DonutError):
    """No push has this id, or none that this key may see."""

    code: ClassVar[str] = "import_unknown"
    status: ClassVar[int] = 404
    message: ClassVar[str] = N_("There is no such import.")


@dataclass(frozen=True)
class Part:
    """Some lines: the number of the first, how many are not blank, and the lines."""

    number: int
    row_count: int
    content: bytes


@dataclass(frozen=True)
class Push:
    """What is wanted of a long push: by whom, of which world, and whether it only counts."""

    actor: str
    is_demo: bool
    is_dry_run: bool


def split_parts(chunks: Iterable[bytes]) -> Iterator[Part]:
    """Part arriving bytes into BATCH_ROWS lines each; no more than one part is held at a time.

    Of a line that is too long only so much is kept that its reader can tell. Raises PushTooLong.
    """
    lines: list[bytes] = []
    first = 1
    for number, line in enumerate(_split_lines(chunks), start=1):
        if number > MOST_LINES:
            raise PushTooLong(lines=MOST_LINES)
        lines.append(line)
        if len(lines) == BATCH_ROWS:
            yield _part(first, lines)
            lines, first = [], number + 1
    if lines:
        yield _part(first, lines)


def stage_push(
    session: Session, *, push: Push, parts: Iterable[Part], now: datetime
) -> RosterImport:
    """Keep the lines of a push and let the scheduler take them in. Raises PushEmpty."""
    public_id = new_id()
    row = RosterImport(
        is_demo=push.is_demo,
        source=ImportSource.PUSH,
        public_id=public_id,
        is_dry_run=push.is_dry_run,
        filename=f"imp_{public_id}.ndjson",
        size_bytes=0,
        state=ImportState.QUEUED,
        created_by=push.actor,
        created_at=now,
    )
    session.add(row)
    session.flush()
    for part in parts:
        session.add(RosterImportPart(import_id=row.id, **vars(part)))
        row.total_count += part.row_count
        row.size_bytes += len(part.content)
        # Written at once and forgotten, so that memory holds one part.
        session.flush()
        session.expunge_all()
        session.add(row)
    if row.total_count == 0:
        raise PushEmpty
    return row


def count_waiting(session: Session, *, actor: str) -> int:
    """Return how many long pushes of one key are not in yet."""
    return session.scalars(
        select(func.count()).where(
            RosterImport.source == ImportSource.PUSH,
            RosterImport.created_by == actor,
            RosterImport.state.in_([ImportState.QUEUED, ImportState.RUNNING]),
        )
    ).one()


def find_push(session: Session, *, public_id: str, is_demo: bool) -> RosterImport:
    """Return a push of this world. Raises ImportUnknown."""
    row = session.scalars(
        select(RosterImport).where(
            RosterImport.public_id == public_id, RosterImport.is_demo == is_demo
        )
    ).one_or_none()
    if row is None:
        raise ImportUnknown
    return row


def iterate_people(session: Session, *, import_id: int) -> Iterator[list[tuple[int, Pushed]]]:
    """Yield the people of a push by BATCH_ROWS, with line numbers, each read in their turn."""
    numbers = session.scalars(
        select(RosterImportPart.number)
        .where(RosterImportPart.import_id == import_id)
        .order_by(RosterImportPart.number)
    ).all()
    waiting: list[tuple[int, Pushed]] = []
    for number in numbers:
        content = session.scalars(
            select(RosterImportPart.content).where(
                RosterImportPart.import_id == import_id, RosterImportPart.number == number
            )
        ).one_or_none()
        if content is None:
            return
        lines = enumerate(content.split(b"\n"), start=number)
        waiting += [(n, read_line(line)) for n, line in lines if line.strip()]
        # Blank lines leave a part short, and a batch that is short passes for the last one.
        if len(waiting) >= BATCH_ROWS:
            yield waiting[:BATCH_ROWS]
            waiting = waiting[BATCH_ROWS:]
    if waiting:
        yield waiting


def drop_lines(session: Session, *, import_id: int) -> None:
    """Drop what was pushed, once it is in; what became of each person stays for a while."""
    session.execute(delete(RosterImportPart).where(RosterImportPart.import_id == import_id))


def drop_outcomes(session: Session, *, before: datetime) -> int:
    """Drop what became of each person in pushes that ended by `before`; return how many pushes."""
    ended = (
        select(RosterImport.id)
        .where(RosterImport.finished_at <= before, RosterImport.source == ImportSource.PUSH)
        .where(select(RosterImportRow).where(RosterImportRow.import_id == RosterImport.id).exists())
    )
    ids = session.scalars(ended).all()
    session.execute(delete(RosterImportRow).where(RosterImportRow.import_id.in_(ids)))
    return len(ids)


def _part(first: int, lines: list[bytes]) -> Part:
    return Part(first, sum(1 for line in lines if line.strip()), b"\n".join(lines))


def _split_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines without their ends, too long ones cut behind the limit."""
    kept = b""
    for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        for line in whole:
            yield (kept + line)[: LONGEST_LINE_BYTES + 1]
            kept = b""
        kept = (kept + rest)[: LONGEST_LINE_BYTES + 1]
    if kept:
        yield kept
