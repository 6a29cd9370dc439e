"""T.C. identity numbers, known by their checksum; columns full of them are refused.

Source: the published rule of the eleven digits. Values are counted, never kept or shown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from surveys.roster.columns import Column, IdentityNumberColumn, IdentityNumberKey
from surveys.roster.fields import Field

DIGITS = 11
SUSPICIOUS_PERCENT = 90
# One number in a hundred fits by chance: fewer cells than these say nothing yet.
LEAST_FILLED = 5
_DECIMALS = re.compile(r"[.,]0+$")
_ELEVEN_DIGITS = re.compile(r"[1-9][0-9]{10}")


def is_identity_number(text: str) -> bool:
    """Tell whether `text` has eleven ASCII digits whose last two are the right checksum."""
    if not _ELEVEN_DIGITS.fullmatch(text):
        return False
    digits = [int(c) for c in text]
    tenth = (7 * sum(digits[0:9:2]) - sum(digits[1:8:2])) % 10
    return digits[9] == tenth and digits[10] == sum(digits[:10]) % 10


def spelled_out(cell: str) -> str:
    """Return a cell as its digits alone: without blanks between them and Excel's `.0` behind."""
    return _DECIMALS.sub("", "".join(cell.split()))


@dataclass
class IdentityWatch:
    """Counts, for each column, the cells filled and those that are identity numbers."""

    columns: list[Column]
    filled: list[int] = field(init=False)
    hits: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.filled = [0] * len(self.columns)
        self.hits = [0] * len(self.columns)

    def widen(self, column: Column) -> None:
        """Count one more column from here on."""
        self.columns.append(column)
        self.filled.append(0)
        self.hits.append(0)

    def look(self, cells: Sequence[str]) -> None:
        """Count the cells of one row."""
        for position, column in enumerate(self.columns):
            text = cells[column.index] if column.index < len(cells) else ""
            if text and not text.isspace():
                self.filled[position] += 1
                if len(text) >= DIGITS:
                    self.hits[position] += is_identity_number(spelled_out(text))

    def refuse(self, *, is_end: bool = False) -> None:
        """Raise IdentityNumberColumn when a column has been full of them so far.

        `is_end`: all rows have been seen, so that a few cells are judged too.
        """
        for column, filled, hits in zip(self.columns, self.filled, self.hits, strict=True):
            is_enough = is_end or filled >= LEAST_FILLED
            if hits and is_enough and hits * 100 >= filled * SUSPICIOUS_PERCENT:
                is_key = column.field is Field.EXTERNAL_ID
                refusal = IdentityNumberKey if is_key else IdentityNumberColumn
                raise refusal(column=column.heading)
