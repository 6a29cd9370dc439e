"""The small-cell rule for a table of rows and columns whose margins are shown elsewhere.

A margin is a cell like any other here: every row and column of the table with its margins sums to
zero once a margin counts negative, so a hidden cell is found out by subtraction exactly when it is
the only bridge of hidden cells between its row and its column.
"""

from collections.abc import Collection, Mapping
from enum import Enum
from typing import Any

from surveys.rates.small_cells import MINIMUM, find_hidden, is_betrayed

Cell = tuple[Any, Any]
Corner = tuple[int, Any]


class Margin(Enum):
    """The row of the columns' totals, and the column of the rows'."""

    TOTAL = "total"


TOTAL = Margin.TOTAL


def find_hidden_in_grid(sizes: Mapping[Cell, int]) -> frozenset[Cell]:
    """Return the cells (row, column) to hide, so that no sum of shown ones tells a hidden one.

    `sizes` names every cell of the table, empty ones too; its totals by row and by column are
    shown as `find_hidden` allows. In a row or column whose total is hidden every cell is hidden.
    """
    grid = _Grid(sizes)
    while grid.hide_more():
        pass
    return frozenset(cell for cell in grid.hidden if TOTAL not in cell)


class _Grid:
    """The table with its margins, and what is hidden so far."""

    def __init__(self, sizes: Mapping[Cell, int]) -> None:
        rows, columns = _add_up(sizes, 0), _add_up(sizes, 1)
        self.sizes = {
            **sizes,
            **{(row, TOTAL): size for row, size in rows.items()},
            **{(TOTAL, column): size for column, size in columns.items()},
        }
        closed = {*_hide_totals(rows), *((TOTAL, c) for c, _ in _hide_totals(columns))}
        self.hidden = {
            cell
            for cell, size in self.sizes.items()
            if (cell[0], TOTAL) in closed
            or (TOTAL, cell[1]) in closed
            or (TOTAL not in cell and 0 < size < MINIMUM)
        }
        self.lines: dict[tuple[int, Any], list[Cell]] = {}
        for cell in self.sizes:
            for side in (0, 1):
                self.lines.setdefault((side, cell[side]), []).append(cell)

    def hide_more(self) -> bool:
        """Hide what still betrays a hidden cell, one cell a line; False once all are safe."""
        before = len(self.hidden)
        for line in self.lines.values():
            hidden = [cell for cell in line if cell in self.hidden]
            is_open = not any(TOTAL in cell for cell in hidden)
            if hidden and is_open and is_betrayed([self.sizes[cell] for cell in hidden]):
                self._hide_next(line)
        touched: set[Corner] = set()
        for row, column in sorted(find_bridges(self.hidden), key=str):
            if touched.isdisjoint({(0, row), (1, column)}):
                added = self._hide_next([*self.lines[0, row], *self.lines[1, column]])
                touched |= {(side, cell[side]) for cell in added for side in (0, 1)}
        return len(self.hidden) > before

    def _hide_next(self, line: list[Cell]) -> list[Cell]:
        """Hide a cell that is still shown; one that closes a loop of hidden cells hides least."""
        shown = [cell for cell in line if cell not in self.hidden and TOTAL not in cell]
        if not shown:
            return []
        rows, columns = ({cell[side] for cell in self.hidden} for side in (0, 1))
        chosen = min(
            shown,
            key=lambda cell: (
                self.sizes[cell] == 0,
                cell[0] not in rows or cell[1] not in columns,
                self.sizes[cell],
                str(cell),
            ),
        )
        self.hidden.add(chosen)
        return [chosen]


def find_bridges(cells: Collection[Cell]) -> set[Cell]:
    """Return the cells without which no path of other cells leads from their row to their column.

    Rows and columns are the corners of a graph, cells its edges (Tarjan's bridges).
    """
    search = _BridgeSearch(cells)
    for corner in list(search.paths):
        if corner not in search.order:
            search.visit(corner, None)
    return search.bridges


class _BridgeSearch:
    """One walk through all corners, depth first."""

    def __init__(self, cells: Collection[Cell]) -> None:
        self.paths: dict[Corner, list[Cell]] = {}
        self.order: dict[Corner, int] = {}
        self.bridges: set[Cell] = set()
        for cell in cells:
            for side in (0, 1):
                self.paths.setdefault((side, cell[side]), []).append(cell)

    def visit(self, corner: Corner, came_by: Cell | None) -> int:
        """Return the earliest corner that can be reached from here by other cells."""
        lowest = self.order[corner] = len(self.order)
        for cell in self.paths[corner]:
            if cell != came_by:
                other = (1 - corner[0], cell[1 - corner[0]])
                lowest = min(lowest, self._follow(corner, cell, other))
        return lowest

    def _follow(self, corner: Corner, cell: Cell, other: Corner) -> int:
        if other in self.order:
            return self.order[other]
        reached = self.visit(other, cell)
        if reached > self.order[corner]:
            self.bridges.add(cell)
        return reached


def _add_up(sizes: Mapping[Cell, int], side: int) -> dict[Any, int]:
    totals: dict[Any, int] = {}
    for cell, size in sizes.items():
        totals[cell[side]] = totals.get(cell[side], 0) + size
    return totals


def _hide_totals(totals: Mapping[Any, int]) -> set[Cell]:
    return {(line, TOTAL) for line in find_hidden(totals)}
