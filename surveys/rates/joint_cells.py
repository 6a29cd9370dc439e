"""Which cells of several tables of the same people must be hidden, so that none tells another's.

Each table is safe by itself (`small_cells`) and still two together may tell what both hide: a
degree that only one faculty gives, a year in which only one programme had graduates. So a world
is made up that looks the same in every cell that is shown, at random otherwise: a hidden cell
that is of the same size there, too, follows from the shown ones, and one more is hidden.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Kinds of people, each with the cell it falls into in every table; how many are of a kind.
Kind = tuple[Hashable, ...]
Place = tuple[int, Hashable]
Numbers = NDArray[np.float64]

# Far above what rounding leaves, far below what a world at random differs by.
NOTHING = 1e-6


def hide_jointly(sizes: Mapping[Kind, int], hidden: Sequence[set[Any]]) -> list[set[Any]]:
    """Return per table what to hide, at least what is in `hidden`.

    `sizes`: head counts by kind, whose n-th part is its cell in the n-th table. The total of all
    is known to every reader; a cell that is all of them can't be hidden from them.
    """
    if not any(hidden):
        return [set(cells) for cells in hidden]
    kinds = [kind for kind, size in sizes.items() if size]
    tables = _Tables(kinds, sizes, hidden)
    while tables.hide_more():
        pass
    return tables.hidden


class _Tables:
    """The tables as rows over the kinds of people, 1 where a kind falls into a cell."""

    def __init__(
        self, kinds: Sequence[Kind], sizes: Mapping[Kind, int], hidden: Sequence[set[Any]]
    ) -> None:
        self.hidden = [set(cells) for cells in hidden]
        self._places = list(dict.fromkeys(_list_places(kinds, len(hidden))))
        number = {place: row for row, place in enumerate(self._places)}
        self._rows = np.zeros((len(self._places) + 1, len(kinds)))
        # Everybody: what all readers know.
        self._rows[-1] = 1
        for column, kind in enumerate(kinds):
            for table, cell in enumerate(kind):
                self._rows[number[table, cell], column] = 1
        self._sizes = self._rows @ np.array([sizes[kind] for kind in kinds], dtype=np.float64)
        # The same world each time: equal counts must hide the same cells.
        self._chance = np.random.default_rng(1).standard_normal(len(kinds))

    def hide_more(self) -> bool:
        """Hide a cell for each hidden one that follows from the shown; False once none does."""
        is_hidden = self._mark()
        if not is_hidden.any():
            return False
        shown, secret = np.flatnonzero(~is_hidden), np.flatnonzero(is_hidden)
        known = self._rows[shown]
        inverse = np.linalg.pinv(known @ known.T, hermitian=True)
        world = self._chance - known.T @ (inverse @ (known @ self._chance))
        told = secret[np.abs(self._rows[secret] @ world) < NOTHING]
        chosen = {self._choose(row, shown, inverse @ (known @ self._rows[row])) for row in told}
        chosen.discard(None)
        for place in chosen:
            if place is not None:
                self.hidden[place[0]].add(place[1])
        return bool(chosen)

    def _mark(self) -> NDArray[np.bool_]:
        marks = [cell in self.hidden[table] for table, cell in self._places]
        return np.array([*marks, False])

    def _choose(self, row: int, shown: NDArray[np.intp], shares: Numbers) -> Place | None:
        """Return the cell to hide next of those that `row` follows from, or None when none can.

        The smallest of the same table, where there is one.
        """
        total = self._sizes[-1]
        helping = [
            int(other)
            for other, share in zip(shown, shares, strict=True)
            if abs(share) > NOTHING and self._sizes[other] < total
        ]
        if not helping or self._sizes[row] == total:
            return None
        table = self._places[row][0]
        best = min(
            helping,
            key=lambda other: (
                self._places[other][0] != table,
                self._sizes[other],
                str(self._places[other]),
            ),
        )
        return self._places[best]


def _list_places(kinds: Sequence[Kind], count: int) -> Iterator[Place]:
    for table in range(count):
        for kind in kinds:
            yield table, kind[table]
