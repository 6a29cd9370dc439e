"""A table of people → the roster: checked, counted, inserted or brought up to date.

Enters: an open table and the running transaction. Leaves: the counts, every row that was not
taken in with its reason, and remarks. A second run of the same file changes nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import islice

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from surveys.errors import N_
from surveys.roster.cells import Reason, show
from surveys.roster.checking import CheckedRow, Fault, check_row, find_surplus, make_readers
from surveys.roster.erased import ErasedPeople
from surveys.roster.fields import Field
from surveys.roster.identity_numbers import IdentityWatch
from surveys.roster.people import (
    Changes,
    People,
    compare,
    find_by_address,
    find_people,
    lock_roster,
    write,
)
from surveys.roster.remarks import Remark, RemarkWatch
from surveys.roster.tables import Table
from surveys.roster.text_files import Row
from surveys.tokens import Keys

BATCH_ROWS = 1_000
ERASED = Reason(
    "erased",
    N_("This person was erased at their own request and doesn't come back through a file."),
)
DUPLICATE = "duplicate_key"
SAYS_SOMETHING_ELSE = N_(
    "Row %(row)s has the same key and says something else. Keep one of the two."
)


@dataclass(frozen=True, slots=True)
class Reject:
    """One fault of one row: its number, the column's heading, the cell as shown, the reason.

    `is_kept`: the person was taken in nevertheless, without this cell.
    """

    row: int
    column: str
    value: str
    reason: Reason
    is_kept: bool


@dataclass
class ImportResult:
    """What an import did. read = created + updated + unchanged + rejected.

    `unmailable`: of the people taken in, those without an address.
    """

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    unmailable: int = 0
    rejects: list[Reject] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


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
    run = ImportRun(table, ErasedPeople(session, keys=keys, is_demo=is_demo), now)
    for batch in batches(table):
        run.take(session, batch, is_written=not is_dry_run)
    return run.finish()


def batches(table: Table) -> Iterator[list[Row]]:
    """Yield the rows of a table by BATCH_ROWS; the same file always parts at the same rows."""
    while batch := list(islice(table.rows, BATCH_ROWS)):
        yield batch


class ImportRun:
    """One pass over a file; `seen` holds, for each key, its first row and what that row says."""

    def __init__(self, table: Table, erased: ErasedPeople, now: datetime) -> None:
        self.erased = erased
        self.now = now
        self.width = len(table.headings)
        self.readers = make_readers(table.columns, this_year=now.year)
        self.key_heading = next(c.heading for c in table.columns if c.field is Field.EXTERNAL_ID)
        self.identity = IdentityWatch(table.columns)
        self.remarks = RemarkWatch(table)
        self.result = ImportResult()
        self.seen: dict[str, tuple[int, int]] = {}

    def take(self, session: Session, batch: Sequence[Row], *, is_written: bool) -> None:
        """Check a batch and compare it with the roster; write it where that is wanted."""
        checked = [self._check(number, cells) for number, cells in batch]
        self.identity.refuse(is_end=len(batch) < BATCH_ROWS)
        people = find_people(
            session,
            keys={row.key for row in checked if row.is_taken},
            is_demo=self.erased.is_demo,
        )
        taken = [row for row in checked if self._admit(row, people)]
        changes = compare(taken, people, now=self.now, is_demo=self.erased.is_demo)
        if is_written:
            write(session, changes)
        self._count(changes)
        self._note_mailboxes(session, taken)

    def finish(self) -> ImportResult:
        """Return what the pass did, remarks included. Raises IdentityNumberColumn."""
        self.identity.refuse(is_end=True)
        self.result.remarks = self.remarks.finish(self.seen)
        return self.result

    def _check(self, number: int, cells: list[str]) -> CheckedRow:
        self.result.read += 1
        self.identity.look(cells)
        self.remarks.look(number, cells)
        row = check_row(number, cells, self.readers)
        surplus = find_surplus(cells, self.width)
        if surplus:
            return CheckedRow(number, row.values, row.attributes, [*row.faults, surplus])
        return row

    def _admit(self, row: CheckedRow, people: People) -> bool:
        """Tell whether a row goes into the roster; count it where it doesn't."""
        if not row.is_taken:
            return self._reject(row, row.faults)
        earlier = self.seen.get(row.key)
        content = hash((*row.values.items(), *row.attributes.items()))
        if earlier and earlier[1] == content:
            self.result.unchanged += 1
            return False
        if earlier:
            reason = Reason(DUPLICATE, SAYS_SOMETHING_ELSE, {"row": earlier[0]})
            return self._reject(row, [Fault(self.key_heading, row.key, reason, is_fatal=True)])
        if self._is_erased(row, people.get(row.key)):
            return self._reject(row, [Fault(self.key_heading, row.key, ERASED, is_fatal=True)])
        self.seen[row.key] = (row.number, content)
        self._list(row, row.faults, is_kept=True)
        return True

    def _is_erased(self, row: CheckedRow, person: RowMapping | None) -> bool:
        if person is not None:
            return person["erased_at"] is not None
        return self.erased.holds(row.key, row.values.get(Field.EMAIL))

    def _reject(self, row: CheckedRow, faults: Sequence[Fault]) -> bool:
        self.result.rejected += 1
        self._list(row, faults, is_kept=False)
        return False

    def _list(self, row: CheckedRow, faults: Sequence[Fault], *, is_kept: bool) -> None:
        for fault in faults:
            reason = fault.reason
            shared = _share(reason.code, reason.message, tuple(reason.params.items()))
            reject = Reject(row.number, fault.column, show(fault.cell), shared, is_kept)
            self.result.rejects.append(reject)

    def _count(self, changes: Changes) -> None:
        self.result.created += len(changes.inserts)
        self.result.updated += len(changes.updates)
        self.result.unchanged += changes.unchanged_count
        self.result.unmailable += changes.unmailable_count

    def _note_mailboxes(self, session: Session, taken: Sequence[CheckedRow]) -> None:
        for row in taken:
            self.remarks.note_mailbox(row)
        addresses = {row.values.get(Field.EMAIL) for row in taken}
        self.remarks.note_others(
            find_by_address(
                session,
                addresses=[address for address in addresses if address],
                is_demo=self.erased.is_demo,
            )
        )


@lru_cache(maxsize=1_000)
def _share(code: str, message: str, params: tuple[tuple[str, object], ...]) -> Reason:
    """Return one reason for all rows that say the same: a file may have a fault in every row."""
    return Reason(code, message, dict(params))
