"""One row of a file → what it says of a person, and what is wrong with it.

Knows neither the database nor the other rows. A bad e-mail address or language leaves a person
without one; every other fault leaves the row out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from models import EmailFault
from surveys.errors import N_
from surveys.roster.addresses import MISSING, read_address
from surveys.roster.cells import (
    NAME_LENGTH,
    BadCell,
    Reason,
    read_date,
    read_key,
    read_language,
    read_text,
    read_year,
)
from surveys.roster.columns import Column
from surveys.roster.fields import Field

Values = dict[str, Any]
Reader = Callable[[str], Any]

KEPT_WITHOUT = frozenset({Field.EMAIL, Field.LANGUAGE})
NEVER_NULL = frozenset({Field.EXTERNAL_ID, Field.GIVEN_NAME, Field.FAMILY_NAME})
EACH_ITS_OWN = frozenset({Field.EXTERNAL_ID, Field.EMAIL, Field.PHONE, None})
FEW_TEXTS = 2_000
SURPLUS = Reason(
    "too_many_cells",
    N_("The row has more cells than there are headings. Does a cell hold the column separator?"),
)


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell; `column` is its heading. A fatal one leaves the row out."""

    column: str
    cell: str
    reason: Reason
    is_fatal: bool


@dataclass(frozen=True)
class CheckedRow:
    """A row's number in the file, its values by column of `alumnus`, its attributes, its faults.

    `values` holds only what the file has a column for (or what follows from one); an empty cell
    is None, for names "". `attributes` holds every further column, an empty cell as "".
    """

    number: int
    values: Values
    attributes: dict[str, str]
    faults: Sequence[Fault]

    @property
    def is_taken(self) -> bool:
        """Whether the row can go in."""
        return not any(fault.is_fatal for fault in self.faults)

    @property
    def key(self) -> str:
        """The external id; only a row that is taken has one for certain."""
        return str(self.values[Field.EXTERNAL_ID])


def make_readers(columns: Sequence[Column], *, this_year: int) -> list[tuple[Column, Reader]]:
    """Return each column with what reads its cells; years may run to the one after `this_year`."""
    by_field: dict[Field | None, Reader] = {
        **dict.fromkeys(Field, partial(read_text, limit=NAME_LENGTH)),
        None: read_text,
        Field.EXTERNAL_ID: read_key,
        Field.EMAIL: read_address,
        Field.GRADUATION_YEAR: partial(read_year, this_year=this_year),
        Field.GRADUATION_DATE: partial(read_date, this_year=this_year),
        Field.LANGUAGE: read_language,
    }
    return [(column, _remembering(by_field[column.field], column.field)) for column in columns]


def _remembering(read: Reader, field: Field | None) -> Reader:
    """Return a reader that reads each of a few texts once: a roster has few units and years."""
    return read if field in EACH_ITS_OWN else lru_cache(maxsize=FEW_TEXTS)(read)


def check_row(
    number: int, cells: Sequence[str], readers: Sequence[tuple[Column, Reader]]
) -> CheckedRow:
    """Return what a row says and what is wrong with it; missing cells at its end are empty."""
    values: Values = {}
    attributes: dict[str, str] = {}
    faults: list[Fault] = []
    for column, read in readers:
        cell = cells[column.index] if column.index < len(cells) else ""
        value: Any = None
        try:
            value = read(cell)
        except BadCell as bad:
            is_fatal = column.field not in KEPT_WITHOUT
            faults.append(Fault(column.heading, cell, bad.reason, is_fatal))
        if column.field is None:
            attributes[column.heading] = value
        else:
            values[column.field] = value if column.field in NEVER_NULL else value or None
    _complete(values, faults)
    return CheckedRow(number, values, attributes, faults)


def find_surplus(cells: Sequence[str], width: int) -> Fault | None:
    """Return the fault of a row with something to the right of the last of `width` headings."""
    surplus = next((cell for cell in cells[width:] if cell.strip()), None)
    return Fault("", surplus, SURPLUS, is_fatal=True) if surplus is not None else None


def _complete(values: Values, faults: Sequence[Fault]) -> None:
    """Add what follows: why there is no address, and the year of a dated graduation."""
    if Field.EMAIL in values:
        codes = {fault.reason.code for fault in faults}
        why = EmailFault.MISSING if MISSING in codes else EmailFault.MALFORMED
        values["email_fault"] = why.value if values[Field.EMAIL] is None else None
    graduated_on = values.get(Field.GRADUATION_DATE)
    if graduated_on and not values.get(Field.GRADUATION_YEAR):
        values[Field.GRADUATION_YEAR] = graduated_on.year
