"""The faculty and year table as it is shown: five shades, from the lowest rate to the highest."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from surveys.rates.formulas import Rate
from surveys.rates.heat import Heat

SHADES = 5


@dataclass(frozen=True)
class ShadedCell:
    """One cell; `shade` 0 to 4 where there is a rate to show."""

    rate: Rate | None
    is_hidden: bool
    shade: int | None


@dataclass(frozen=True)
class ShadedHeat:
    """Years above, and a row of cells for each faculty; None stands for one that has no name."""

    years: Sequence[int | None]
    rows: Sequence[tuple[str | None, Sequence[ShadedCell]]]


def shade_heat(heat: Heat | None) -> ShadedHeat | None:
    """Return the table with its shades, None when there is none."""
    if heat is None:
        return None
    shares = [percent for c in heat.cells.values() if c.rate and (percent := c.rate.percent(4))]
    highest = max(shares, default=Decimal(1))
    rows = [
        (unit, [_shade(heat, unit, year, highest) for year in heat.years]) for unit in heat.units
    ]
    return ShadedHeat(heat.years, rows)


def _shade(heat: Heat, unit: str | None, year: int | None, highest: Decimal) -> ShadedCell:
    cell = heat.cells[unit, year]
    share = cell.rate.percent(4) if cell.rate else None
    if share is None:
        return ShadedCell(None, cell.is_hidden, None)
    return ShadedCell(cell.rate, cell.is_hidden, min(SHADES - 1, int(share / highest * SHADES)))
