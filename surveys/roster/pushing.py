"""People whom the alumni system pushes → the roster, by the very checks that a file's rows pass.

Enters: one person's document or up to a thousand of them; a long push is `pushes`. Leaves: what
became of each. Refuses T.C. identity numbers as a file's are refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Alumnus
from surveys.errors import N_
from surveys.roster.checking import CheckedRow, Reader, check_row, make_readers
from surveys.roster.columns import Column, IdentityNumberColumn
from surveys.roster.erased import ErasedPeople
from surveys.roster.fields import Field, is_identity_heading
from surveys.roster.identity_numbers import (
    DIGITS,
    LEAST_FILLED,
    IdentityWatch,
    is_identity_number,
    spelled_out,
)
from surveys.roster.people import lock_roster
from surveys.roster.pushed import (
    MOST_ATTRIBUTES,
    TOO_MANY_ATTRIBUTES,
    WHOLE_LINE,
    Pushed,
    attribute_path,
    read_person,
)
from surveys.roster.running import ImportResult, RosterRun, RowOutcome
from surveys.roster.tables import Table
from surveys.tokens import Keys

NEWEST_KEYS = 100
# One number in a hundred fits the checksum by chance; beyond this many the keys are such numbers.
MOST_BY_CHANCE = 5


class IdentityNumberPushed(IdentityNumberColumn):
    """A field or attribute of a push holds T.C. identity numbers, by its name or its values."""

    message: ClassVar[str] = N_(
        "“%(column)s” holds T.C. identity numbers, which are never taken in, not even as the key."
        " Leave it out, and push again."
    )


@dataclass(frozen=True)
class PushedPerson:
    """What became of one person and since when the roster has them; no dates if rejected."""

    outcome: RowOutcome
    registered_at: datetime | None = None
    updated_at: datetime | None = None
    email_fault: str | None = None


@dataclass(frozen=True)
class PushedBatch:
    """What became of a batch: the counts as a file's import has them, and each person's outcome."""

    result: ImportResult
    outcomes: Sequence[RowOutcome]


def push_person(
    session: Session,
    *,
    external_id: str,
    document: dict[str, object],
    keys: Keys,
    now: datetime,
    is_demo: bool,
) -> PushedPerson:
    """Create one person or bring them up to date; saying the same again changes nothing.

    Raises IdentityNumberPushed.
    """
    lock_roster(session)
    whole = {**document, Field.EXTERNAL_ID.value: external_id}
    run = PersonRun(ErasedPeople(session, keys=keys, is_demo=is_demo), now)
    run.identity.is_key_vouched_for = _looks_usual(session, external_id, is_demo=is_demo)
    [outcome] = run.take(session, [(1, read_person(whole))], is_written=True)
    run.finish()
    if outcome.outcome == "rejected":
        return PushedPerson(outcome)
    person = session.execute(
        select(Alumnus.registered_at, Alumnus.updated_at, Alumnus.email_fault).where(
            Alumnus.is_demo == is_demo, Alumnus.external_id == outcome.key
        )
    ).one()
    return PushedPerson(outcome, *person)


def push_batch(
    session: Session,
    *,
    documents: Sequence[object],
    keys: Keys,
    now: datetime,
    is_demo: bool,
    is_dry_run: bool,
) -> PushedBatch:
    """Take up to BATCH_ROWS people in; in a dry run count only. Raises IdentityNumberPushed."""
    if not is_dry_run:
        lock_roster(session)
    run = PersonRun(ErasedPeople(session, keys=keys, is_demo=is_demo), now)
    batch = [(number, read_person(document)) for number, document in enumerate(documents, start=1)]
    if len(batch) < LEAST_FILLED:
        keys_given = [person.fields.get(Field.EXTERNAL_ID, "") for _number, person in batch]
        if not all(_looks_usual(session, key, is_demo=is_demo) for key in keys_given):
            raise IdentityNumberPushed(column=KEY.heading)
        run.identity.is_key_vouched_for = True
    outcomes = run.take(session, batch, is_written=not is_dry_run)
    return PushedBatch(run.finish(), outcomes)


class PushedIdentityWatch(IdentityWatch):
    """Counts as for a file, and says what a push can do about it."""

    is_key_vouched_for = False

    def refuse(self, *, is_end: bool = False) -> None:
        """Raise IdentityNumberPushed when a field has been full of identity numbers so far."""
        if self.is_key_vouched_for:
            self.hits[KEY.index] = 0
        try:
            super().refuse(is_end=is_end)
        except IdentityNumberColumn as found:
            raise IdentityNumberPushed(**found.params) from None


class PersonRun(RosterRun[Pushed]):
    """One pass over pushed people. Each has columns of their own: what they leave out stays."""

    def __init__(self, erased: ErasedPeople, now: datetime) -> None:
        columns = list(COLUMNS.values())
        super().__init__(Table([*Field], columns, iter(()), 0, None, []), erased, now)
        self.identity: PushedIdentityWatch = PushedIdentityWatch(columns)
        self.by_field = dict(zip(Field, self.readers, strict=True))
        self.by_heading: dict[str, tuple[Column, Reader]] = {}

    def check(self, number: int, raw: Pushed) -> CheckedRow:
        """Return what is said of a person; attributes beyond what a push may hold are a fault."""
        self.result.read += 1
        if any(fault.column == WHOLE_LINE for fault in raw.faults):
            return CheckedRow(number, {}, {}, raw.faults)
        readers = self._readers_of(raw)
        cells = [""] * len(self.identity.columns)
        for field, text in raw.fields.items():
            cells[COLUMNS[field].index] = text
        for heading, text in raw.attributes.items():
            if heading in self.by_heading:
                cells[self.by_heading[heading][0].index] = text
        self.identity.look(cells)
        row = check_row(number, cells, readers)
        paths = {heading: attribute_path(heading) for heading in raw.attributes}
        found = [replace(f, column=paths.get(f.column, f.column)) for f in row.faults]
        return CheckedRow(number, row.values, row.attributes, [*raw.faults, *found])

    def _readers_of(self, raw: Pushed) -> list[tuple[Column, Reader]]:
        """Return a reader for the key and for all that was said."""
        for heading in raw.attributes.keys() - self.by_heading.keys():
            if is_identity_heading(heading):
                raise IdentityNumberPushed(column=heading)
            if len(self.by_heading) >= MOST_ATTRIBUTES:
                raw.refuse(attribute_path(heading), "", TOO_MANY_ATTRIBUTES)
                continue
            column = Column(len(self.identity.columns), heading, None)
            self.identity.widen(column)
            [self.by_heading[heading]] = make_readers([column], this_year=self.now.year)
        named = [self.by_field[name] for name in Field if name in {KEY.field, *raw.fields}]
        return named + [self.by_heading[h] for h in raw.attributes if h in self.by_heading]


def _looks_usual(session: Session, external_id: str, *, is_demo: bool) -> bool:
    """Tell whether a key is no identity number, judged together with the roster's newest keys.

    A file is judged by a whole column. One key alone says nothing where all keys have eleven
    digits: one in a hundred fits by chance.
    """
    key = spelled_out(external_id)
    if not is_identity_number(key):
        return True
    keys = select(Alumnus.external_id).where(
        Alumnus.is_demo == is_demo, Alumnus.erased_at.is_(None)
    )
    if session.scalar(keys.where(Alumnus.external_id == key)) is not None:
        return True
    newest = session.scalars(keys.order_by(Alumnus.id.desc()).limit(NEWEST_KEYS)).all()
    as_long = sum(len(key) == DIGITS and key.isdigit() for key in newest)
    fitting = sum(is_identity_number(key) for key in newest)
    return as_long * 2 > len(newest) and fitting <= MOST_BY_CHANCE


COLUMNS = {field: Column(index, field.value, field) for index, field in enumerate(Field)}
KEY = COLUMNS[Field.EXTERNAL_ID]
