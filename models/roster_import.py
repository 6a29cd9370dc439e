"""A file of graduates on its way into the roster: long work as a row that survives a closed tab."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Document, RowId, one_of


class ImportState(StrEnum):
    """uploaded → queued → running → done; failed and cancelled end it too."""

    UPLOADED = "uploaded"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ImportSource(StrEnum):
    """Where the people come from: a file that staff uploaded, or the alumni system's push."""

    FILE = "file"
    PUSH = "push"


class RosterImport(Base):
    """One uploaded file and what became of it.

    `public_id` is what stands behind `imp_` for the system that pushed it; NULL for a file. What
    was pushed stands in `RosterImportPart`, `content` stays NULL. `is_dry_run`: count only.
    `stumble_count`: how often an unforeseen fault broke a pass off since one last went on.

    `sample` is what the columns are chosen by: headings, first rows, how the file was read.
    `mapping` is heading → meaning as staff chose, `findings` what the dry run under it found, and
    `counts` what the import did so far; `fault` the refusal that ended it: code, message, params.
    `content`, `sample` and the rows in `findings` are dropped some time after the end.
    Whoever runs it holds a lease, and after a kill another goes on behind `done_count` rows.
    """

    __tablename__ = "roster_import"
    __table_args__ = (
        UniqueConstraint("public_id"),
        CheckConstraint(one_of("source", *ImportSource), name="source"),
        CheckConstraint("(source = 'push') = (public_id IS NOT NULL)", name="push_is_named"),
        CheckConstraint(one_of("state", *ImportState), name="state"),
        CheckConstraint(
            "state <> 'running' OR (claimed_by IS NOT NULL AND lease_until IS NOT NULL)",
            name="run_has_lease",
        ),
        CheckConstraint("0 <= done_count", name="done_count"),
        Index(
            "ix_roster_import_waiting",
            "id",
            sqlite_where=text("state IN ('queued', 'running')"),
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
    )

    id: Mapped[RowId]
    is_demo: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(default=ImportSource.FILE, server_default="file")
    public_id: Mapped[str | None]
    is_dry_run: Mapped[bool] = mapped_column(default=False, server_default=false())
    stumble_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    filename: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    size_bytes: Mapped[int]
    sample: Mapped[Document | None]
    mapping: Mapped[Document] = mapped_column(default=dict)
    findings: Mapped[Document | None]
    state: Mapped[str] = mapped_column(default=ImportState.UPLOADED)
    done_count: Mapped[int] = mapped_column(default=0)
    total_count: Mapped[int] = mapped_column(default=0)
    counts: Mapped[Document] = mapped_column(default=dict)
    fault: Mapped[Document | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None]
    lease_until: Mapped[datetime | None]


class RosterImportPart(Base):
    """Some lines of a push, one JSON object each, as they came; dropped once the push has ended.

    `number` is that of the first of them, counted from 1; `row_count` leaves out blank lines.
    """

    __tablename__ = "roster_import_part"
    __table_args__ = (CheckConstraint("number >= 1", name="number_from_one"),)

    import_id: Mapped[int] = mapped_column(
        ForeignKey("roster_import.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    row_count: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class RosterImportRow(Base):
    """What became of one pushed person: `number` is that of their line, counted from 1.

    `outcome` is created, updated, unchanged or rejected; `faults` say why, by field.
    """

    __tablename__ = "roster_import_row"
    __table_args__ = (
        CheckConstraint(
            one_of("outcome", "created", "updated", "unchanged", "rejected"), name="outcome"
        ),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    import_id: Mapped[int] = mapped_column(
        ForeignKey("roster_import.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True)
    external_id: Mapped[str | None]
    outcome: Mapped[str]
    faults: Mapped[list[Any]] = mapped_column(default=list)
