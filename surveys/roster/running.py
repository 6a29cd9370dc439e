"""One pass over people that come in: checked, compared, written batch by batch, and counted.

Enters: raw rows, of a file or of a push; who runs it says how one is read. Leaves: counts, every
fault with its row, remarks, and for each batch what became of each row.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Generic, TypeVar

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from surveys.errors import N_
from surveys.roster.cells import Reason, show
from surveys.roster.checking import CheckedRow, Fault, make_readers
from surveys.roster.erased import ErasedPeople
from surveys.roster.fields import Field
from surveys.roster.identity_numbers import IdentityWatch
from surveys.roster.people import (
    Changes,
    People,
    compare,
    find_by_address,
    find_people,
    write,
)
from surveys.roster.remarks import Remark, RemarkWatch
from surveys.roster.tables import Table

Raw = TypeVar("Raw")

BATCH_ROWS = 1_000
CREATED, UPDATED, UNCHANGED, REJECTED = "created", "updated", "unchanged", "rejected"
ERASED = Reason(
    "erased",
    N_("This person was erased at their own request and doesn't come back."),
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


@dataclass(frozen=True)
class RowOutcome:
    """What became of one row: created, updated, unchanged or rejected, and what is wrong with it.

    `key` is None where the row has none that can be read.
    """

    number: int
    key: str | None
    outcome: str
    faults: Sequence[Fault]


class RosterRun(ABC, Generic[Raw]):
    """One pass; `seen` holds, for each key, its first row and what that row says."""

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

    def take(
        self, session: Session, batch: Sequence[tuple[int, Raw]], *, is_written: bool
    ) -> list[RowOutcome]:
        """Check a batch, compare it with the roster, write it where wanted; return each outcome."""
        checked = [self.check(number, raw) for number, raw in batch]
        self.identity.refuse(is_end=len(batch) < BATCH_ROWS)
        people = find_people(
            session,
            keys={row.key for row in checked if row.is_taken},
            is_demo=self.erased.is_demo,
        )
        left_out = [(row, self._admit(row, people)) for row in checked]
        taken = [row for row, outcome in left_out if outcome is None]
        changes = compare(taken, people, now=self.now, is_demo=self.erased.is_demo)
        if is_written:
            write(session, changes)
        self._count(changes)
        self._note_mailboxes(session, taken)
        by_key = _outcomes_by_key(changes)
        return [
            outcome or RowOutcome(row.number, row.key, by_key.get(row.key, UNCHANGED), row.faults)
            for row, outcome in left_out
        ]

    def finish(self) -> ImportResult:
        """Return what the pass did, remarks included. Raises IdentityNumberColumn."""
        self.identity.refuse(is_end=True)
        self.result.remarks = self.remarks.finish(self.seen)
        return self.result

    @abstractmethod
    def check(self, number: int, raw: Raw) -> CheckedRow:
        """Return what a row says and what is wrong with it; count it as read."""

    def _admit(self, row: CheckedRow, people: People) -> RowOutcome | None:
        """Return None for a row that goes into the roster; else what became of it instead."""
        if not row.is_taken:
            return self._reject(row, row.faults)
        earlier = self.seen.get(row.key)
        content = hash((*row.values.items(), *row.attributes.items()))
        if earlier and earlier[1] == content:
            self.result.unchanged += 1
            return RowOutcome(row.number, row.key, UNCHANGED, row.faults)
        if earlier:
            reason = Reason(DUPLICATE, SAYS_SOMETHING_ELSE, {"row": earlier[0]})
            return self._reject(row, [Fault(self.key_heading, row.key, reason, is_fatal=True)])
        if self._is_erased(row, people.get(row.key)):
            return self._reject(row, [Fault(self.key_heading, row.key, ERASED, is_fatal=True)])
        self.seen[row.key] = (row.number, content)
        self._list(row, row.faults, is_kept=True)
        return None

    def _is_erased(self, row: CheckedRow, person: RowMapping | None) -> bool:
        if person is not None:
            return person["erased_at"] is not None
        return self.erased.holds(row.key, row.values.get(Field.EMAIL))

    def _reject(self, row: CheckedRow, faults: Sequence[Fault]) -> RowOutcome:
        self.result.rejected += 1
        self._list(row, faults, is_kept=False)
        return RowOutcome(row.number, row.values.get(Field.EXTERNAL_ID), REJECTED, faults)

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


def _outcomes_by_key(changes: Changes) -> dict[str, str]:
    key = Field.EXTERNAL_ID.value
    return {
        **{values[key]: CREATED for values in changes.inserts},
        **{values[key]: UPDATED for values in changes.updates},
    }


@lru_cache(maxsize=1_000)
def _share(code: str, message: str, params: tuple[tuple[str, object], ...]) -> Reason:
    """Return one reason for all rows that say the same: a file may have a fault in every row."""
    return Reason(code, message, dict(params))
