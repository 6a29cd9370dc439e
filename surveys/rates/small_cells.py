"""Which cells of a table must not be shown, so that nobody is found out by subtraction.

The one rule for pages, commands, files and the API. Enters: head counts by cell, beside a total
that is shown. Leaves: the cells to hide.
"""

from collections.abc import Hashable, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from surveys.errors import N_, DonutError

MINIMUM = 5
MAXIMUM = 20

Cell = TypeVar("Cell", bound=Hashable)


class Reason(StrEnum):
    """Why a cell is hidden: it holds few people itself, or it would betray one that does."""

    SMALL_GROUP = "small_group"
    COMPLEMENTARY = "complementary"


class ThresholdOutOfRange(DonutError):
    """The size below which cells are hidden may be raised, never lowered."""

    code = "threshold_out_of_range"
    message = N_("Small groups are hidden below %(lowest)s people at least, %(highest)s at most.")


def find_hidden(counts: Mapping[Cell, int], *, threshold: int = MINIMUM) -> frozenset[Cell]:
    """Return the cells to hide: those of 1 to `threshold`-1 people, and what would betray them.

    Empty cells are shown. While one cell alone is hidden, or the hidden ones sum to fewer than
    `threshold`, or to just one person each, the next smallest follows; when none is left all
    cells are hidden. Raises ThresholdOutOfRange.
    """
    if not MINIMUM <= threshold <= MAXIMUM:
        raise ThresholdOutOfRange(lowest=MINIMUM, highest=MAXIMUM)
    by_size = sorted((cell for cell in counts if counts[cell]), key=lambda cell: counts[cell])
    count = sum(counts[cell] < threshold for cell in by_size)
    if count == 0:
        return frozenset()
    while is_betrayed([counts[cell] for cell in by_size[:count]], threshold=threshold):
        if count == len(by_size):
            return frozenset(counts)
        count += 1
    return frozenset(by_size[:count])


def reason_of(size: int, *, threshold: int = MINIMUM) -> Reason:
    """Return why a hidden cell of so many people is hidden."""
    return Reason.SMALL_GROUP if 0 < size < threshold else Reason.COMPLEMENTARY


def is_betrayed(hidden: Sequence[int], *, threshold: int = MINIMUM) -> bool:
    """Tell whether the sum of the hidden cells, known by subtraction, says what is in one."""
    return len(hidden) == 1 or sum(hidden) < threshold or sum(hidden) == len(hidden)
