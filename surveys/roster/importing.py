"""A table of people → the roster: checked, counted, inserted or brought up to date.

Enters: an open table and the running transaction. Leaves: the counts, every row that was not
taken in with its reason, and remarks. A second run of the same file changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from sqlalchemy.orm import Session

from surveys.roster.checking import CheckedRow, check_row, find_surplus
from surveys.roster.erased import ErasedPeople
from surveys.roster.people import lock_roster
from surveys.roster.running import BATCH_ROWS, ImportResult, RosterRun
from surveys.roster.tables import Table
from surveys.roster.text_files import Row
from surveys.tokens import Keys


def import_roster(
    session: Session,
    *,
    table: Table,
    keys: Keys,
    now: datetime,
    is_demo: bool = False,
    is_dry_run: bool = False,
) -> ImportResult:
    """Take every row of `table` into the roster; in a dry run count only.

    Inserts and updates people by `external_id` among the real (or demo) ones. Raises
    IdentityNumberColumn, and what reading the table raises: the caller rolls back then.
    """
    if not is_dry_run:
        lock_roster(session)
    run = FileRun(table, ErasedPeople(session, keys=keys, is_demo=is_demo), now)
    for batch in batches(table):
        run.take(session, batch, is_written=not is_dry_run)
    return run.finish()


def batches(table: Table) -> Iterator[list[Row]]:
    """Yield the rows of a table by BATCH_ROWS; the same file always parts at the same rows."""
    while batch := list(islice(table.rows, BATCH_ROWS)):
        yield batch


class FileRun(RosterRun[list[str]]):
    """One pass over a file, whose rows are cells under the table's headings."""

    def check(self, number: int, raw: list[str]) -> CheckedRow:
        """Return what a row of the file says; a cell to the right of all headings is a fault."""
        self.result.read += 1
        self.identity.look(raw)
        self.remarks.look(number, raw)
        row = check_row(number, raw, self.readers)
        surplus = find_surplus(raw, self.width)
        if surplus:
            return CheckedRow(number, row.values, row.attributes, [*row.faults, surplus])
        return row
