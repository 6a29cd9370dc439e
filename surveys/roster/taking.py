"""An import that waits → rows in the roster, a batch a transaction, by whoever holds its lease.

A lease is by the database's clock and renewed with each batch; a process that has lost it writes
nothing any more. Counts and progress stand with the rows that they count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, undefer

from models import Document, ImportSource, ImportState, RosterImport
from surveys.database import changed_count, database_time
from surveys.roster.imports import count_up
from surveys.roster.outcomes import keep_outcomes
from surveys.roster.people import lock_roster
from surveys.roster.pushes import drop_lines
from surveys.roster.running import Raw, RosterRun

LEASE_S = 60
WAITING = (ImportState.QUEUED, ImportState.RUNNING)


class LeaseLost(Exception):
    """Somebody else runs the import, or staff cancelled it; never leaves the job."""


@dataclass(frozen=True)
class Waiting:
    """An import that waits or is run: by whom, and whether their lease is over."""

    import_id: int
    claimed_by: str | None
    is_expired: bool


def list_waiting(session: Session) -> list[Waiting]:
    """Return the imports that are queued or run, the oldest first."""
    rows = session.execute(
        select(
            RosterImport.id,
            RosterImport.claimed_by,
            (RosterImport.lease_until <= database_time(0)).label("is_expired"),
        )
        .where(RosterImport.state.in_(WAITING))
        .order_by(RosterImport.id)
    )
    return [Waiting(row.id, row.claimed_by, bool(row.is_expired)) for row in rows]


def claim_import(
    session: Session, *, waiting: Waiting, claimed_by: str, now: datetime
) -> RosterImport | None:
    """Return the import, ours from now on; None when another was quicker."""
    taken = session.execute(
        update(RosterImport)
        .where(
            RosterImport.id == waiting.import_id,
            RosterImport.state.in_(WAITING),
            RosterImport.claimed_by.is_not_distinct_from(waiting.claimed_by),
        )
        .values(
            state=ImportState.RUNNING, claimed_by=claimed_by, lease_until=database_time(LEASE_S)
        )
    )
    if changed_count(taken) == 0:
        return None
    row = session.scalars(
        select(RosterImport)
        .where(RosterImport.id == waiting.import_id)
        .options(undefer(RosterImport.content))
        .execution_options(populate_existing=True)
    ).one()
    row.started_at = row.started_at or now
    return row


def take_batch(
    session: Session,
    *,
    run: RosterRun[Raw],
    batch: Sequence[tuple[int, Raw]],
    row: RosterImport,
    claimed_by: str,
) -> None:
    """Take a batch in, with its counts and a new lease. Raises LeaseLost: the caller rolls back.

    What became of each row is kept where a push asks for it, in the same transaction.
    """
    lock_roster(session)
    run.erased.look_again(session)
    outcomes = run.take(session, batch, is_written=not row.is_dry_run)
    if row.source == ImportSource.PUSH:
        keep_outcomes(session, import_id=row.id, outcomes=outcomes)
    _hold(
        session,
        row.id,
        claimed_by,
        lease_until=database_time(LEASE_S),
        done_count=run.result.read,
        counts=count_up(run.result),
        stumble_count=0,
    )


def pass_over(
    session: Session,
    *,
    run: RosterRun[Raw],
    batch: Sequence[tuple[int, Raw]],
    counts: Document,
) -> None:
    """Read a batch that was taken in before; `counts` are those behind it."""
    run.take(session, batch, is_written=False)
    run.result = replace(run.result, **{**counts, "read": run.result.read})


def release_import(session: Session, *, import_id: int, claimed_by: str) -> None:
    """Let any process go on with it at once."""
    _hold(session, import_id, claimed_by, lease_until=database_time(0))


def finish_import(session: Session, *, import_id: int, claimed_by: str, now: datetime) -> None:
    """End an import whose last row is taken in. Raises LeaseLost."""
    _hold(session, import_id, claimed_by, state=ImportState.DONE, finished_at=now)
    drop_lines(session, import_id=import_id)


def _hold(session: Session, import_id: int, claimed_by: str, **values: object) -> None:
    held = session.execute(
        update(RosterImport)
        .where(
            RosterImport.id == import_id,
            RosterImport.state == ImportState.RUNNING,
            RosterImport.claimed_by == claimed_by,
        )
        .values(**values)
    )
    if changed_count(held) == 0:
        raise LeaseLost
