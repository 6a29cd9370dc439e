"""Taking uploaded lists into the roster, batch by batch, so that nobody waits long for the writer.

A pass ends after a while and the next one goes on: a job that never ends looks like one that
hangs. After a kill any process reads up to where the rows are in, and takes the rest.
"""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from models import RosterImport
from surveys.audit import record
from surveys.errors import DonutError
from surveys.extensions import reader, toolbox, transaction
from surveys.jobs.claimer import Claimer, live_claimer
from surveys.roster import taking
from surveys.roster.erased import ErasedPeople
from surveys.roster.importing import ImportRun, batches
from surveys.roster.imports import count_up, drop_contents, read_mapping, refuse_import
from surveys.roster.text_files import Row
from surveys.roster.uploads import open_content

LONGEST_PASS_S = 20.0

Result = dict[str, int]


def import_rosters() -> Result:
    """Go on with the oldest import that waits, and return how many rows were taken in."""
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
    box = toolbox()
    mapping = read_mapping(row.mapping)
    with open_content(row.content or b"", filename=row.filename, mapping=mapping) as (_, table):
        erased = ErasedPeople(reader(), keys=box.keys, is_demo=row.is_demo)
        run = ImportRun(table, erased, box.clock.now())
        rest = _skip_taken(run, batches(table), row)
        ends_at = box.clock.monotonic() + LONGEST_PASS_S
        for batch in rest:
            with transaction() as session:
                taking.take_batch(
                    session, run=run, batch=batch, import_id=row.id, claimed_by=claimed_by
                )
            if box.clock.monotonic() > ends_at:
                with transaction() as session:
                    taking.release_import(session, import_id=row.id, claimed_by=claimed_by)
                return run.result.read
    run.finish()
    with transaction() as session:
        _finish(session, row, run, claimed_by)
    return run.result.read


def _skip_taken(
    run: ImportRun, each: Iterator[list[Row]], row: RosterImport
) -> Iterator[list[Row]]:
    """Read again what is in already, for what it says of the rows behind it; return the rest."""
    while run.result.read < row.done_count:
        session = reader()
        taking.pass_over(session, run=run, batch=next(each), counts=row.counts)
        session.rollback()
    return each


def _finish(session: Session, row: RosterImport, run: ImportRun, claimed_by: str) -> None:
    now = toolbox().clock.now()
    taking.finish_import(session, import_id=row.id, claimed_by=claimed_by, now=now)
    counts = count_up(run.result)
    details = {"import": row.id, "is_demo": row.is_demo, **counts}
    record(
        session, actor=row.created_by, action="roster.import", subject="roster", now=now, **details
    )


def _refuse(import_id: int, refusal: DonutError) -> None:
    with transaction() as session:
        row = session.get_one(RosterImport, import_id)
        refuse_import(session, row=row, refusal=refusal, now=toolbox().clock.now())
