"""Taking uploaded lists into the roster, batch by batch, so that nobody waits long for the writer.

A pass ends after a while and the next one goes on: a job that never ends looks like one that
hangs. After a kill any process reads up to where the rows are in, and takes the rest.
"""

from collections.abc import Iterator

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models import ImportSource, ImportState, RosterImport
from surveys.audit import record
from surveys.errors import N_, DonutError
from surveys.extensions import reader, toolbox, transaction
from surveys.jobs.claimer import Claimer, live_claimer
from surveys.roster import taking
from surveys.roster.erased import ErasedPeople
from surveys.roster.importing import FileRun, batches
from surveys.roster.imports import count_up, drop_contents, read_mapping, refuse_import
from surveys.roster.pushes import iterate_people
from surveys.roster.pushing import PersonRun
from surveys.roster.running import ImportResult, Raw, RosterRun
from surveys.roster.uploads import open_content

LONGEST_PASS_S = 20.0
MOST_STUMBLES = 3

Result = dict[str, int]


class ImportBroken(DonutError):
    """A pass broke off several times in a row by a fault of ours; the log tells which."""

    code = "import_broken"
    status = 500
    message = N_(
        "The import broke off several times by a fault that nobody foresaw, so it was ended. What"
        " was taken in before stays. Tell whoever runs the server: the log says what happened."
    )


def import_rosters() -> Result:
    """Go on with the oldest import that waits, and return how many rows were taken in.

    What nobody foresaw is raised for the log, and ends the import when it happens again and again.
    """
    with live_claimer() as claimer:
        row = _claim(claimer)
        if row is None:
            return {"rows": 0}
        before = row.done_count
        claimed_by = claimer.connection(0)
        try:
            return {"rows": _take_all(row, claimed_by) - before}
        except taking.LeaseLost:
            return {"rows": 0}
        except DonutError as refusal:
            _refuse(row.id, refusal)
            return {"rows": 0}
        except OperationalError:
            # The database is away or busy: no fault of the list, and tried for as long as it takes.
            raise
        except Exception:
            _note_stumble(row.id)
            raise


def drop_uploads() -> Result:
    """Drop the files of imports that ended long ago."""
    with transaction() as session:
        return {"dropped": drop_contents(session, now=toolbox().clock.now())}


def _claim(claimer: Claimer) -> RosterImport | None:
    """Claim what waits; also what a process of this machine held that runs no more."""
    session = reader()
    waiting = taking.list_waiting(session)
    session.rollback()
    for found in waiting:
        holder = found.claimed_by
        if holder is None or found.is_expired or claimer.knows_dead(holder):
            with transaction() as session:
                now = toolbox().clock.now()
                row = taking.claim_import(
                    session, waiting=found, claimed_by=claimer.connection(0), now=now
                )
                if row is not None:
                    session.flush()
                    session.refresh(row, ["content"])
                    session.expunge(row)
            return row
    return None


def _take_all(row: RosterImport, claimed_by: str) -> int:
    """Take the rows in that are not yet, and return how many are by the end of this pass."""
    if row.source == ImportSource.PUSH:
        run = PersonRun(_erased(row), toolbox().clock.now())
        return _take_batches(row, claimed_by, run, iterate_people(reader(), import_id=row.id))
    mapping = read_mapping(row.mapping)
    with open_content(row.content or b"", filename=row.filename, mapping=mapping) as (_, table):
        file_run = FileRun(table, _erased(row), toolbox().clock.now())
        return _take_batches(row, claimed_by, file_run, batches(table))


def _erased(row: RosterImport) -> ErasedPeople:
    return ErasedPeople(reader(), keys=toolbox().keys, is_demo=row.is_demo)


def _take_batches(
    row: RosterImport,
    claimed_by: str,
    run: RosterRun[Raw],
    each: Iterator[list[tuple[int, Raw]]],
) -> int:
    clock = toolbox().clock
    rest = _skip_taken(run, each, row)
    ends_at = clock.monotonic() + LONGEST_PASS_S
    for batch in rest:
        with transaction() as session:
            taking.take_batch(session, run=run, batch=batch, row=row, claimed_by=claimed_by)
        if clock.monotonic() > ends_at:
            with transaction() as session:
                taking.release_import(session, import_id=row.id, claimed_by=claimed_by)
            return run.result.read
    run.finish()
    with transaction() as session:
        _finish(session, row, run.result, claimed_by)
    return run.result.read


def _skip_taken(
    run: RosterRun[Raw], each: Iterator[list[tuple[int, Raw]]], row: RosterImport
) -> Iterator[list[tuple[int, Raw]]]:
    """Read again what is in already, for what it says of the rows behind it; return the rest."""
    while run.result.read < row.done_count:
        session = reader()
        taking.pass_over(session, run=run, batch=next(each), counts=row.counts)
        session.rollback()
    return each


def _finish(session: Session, row: RosterImport, result: ImportResult, claimed_by: str) -> None:
    """End the import; a push that changed nothing leaves nothing in the audit trail either."""
    now = toolbox().clock.now()
    taking.finish_import(session, import_id=row.id, claimed_by=claimed_by, now=now)
    is_push = row.source == ImportSource.PUSH
    if is_push and (row.is_dry_run or not result.created + result.updated):
        return
    details = {"import": row.id, "is_demo": row.is_demo, **count_up(result)}
    action = "roster.push" if is_push else "roster.import"
    record(session, actor=row.created_by, action=action, subject="roster", now=now, **details)


def _refuse(import_id: int, refusal: DonutError) -> None:
    with transaction() as session:
        row = session.get_one(RosterImport, import_id)
        refuse_import(session, row=row, refusal=refusal, now=toolbox().clock.now())


def _note_stumble(import_id: int) -> None:
    """Count a fault that nobody foresaw; after a few in a row the import has failed for good."""
    with transaction() as session:
        row = session.get_one(RosterImport, import_id)
        row.stumble_count += 1
        if row.stumble_count >= MOST_STUMBLES and row.state == ImportState.RUNNING:
            session.flush()
            refuse_import(session, row=row, refusal=ImportBroken(), now=toolbox().clock.now())
