"""Response rates by faculty and graduation year at once: where in the university people answer.

Counts the cohort as it was invited. The faculties' and the years' own rates are shown too, so
cells are hidden over both margins.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from surveys.i18n import tr_key
from surveys.rates.census import Cohort, rate_of
from surveys.rates.formulas import Rate
from surveys.rates.grid_cells import find_hidden_in_grid

LEAST_LINES = 2

Place = tuple[str | None, int | None]


@dataclass(frozen=True)
class HeatCell:
    """RR1 of one faculty and year; None when nobody there is counted or it is hidden."""

    rate: Rate | None
    is_hidden: bool = False


@dataclass(frozen=True)
class Heat:
    """Faculties in Turkish order × years in order; those without a value come last."""

    units: Sequence[str | None]
    years: Sequence[int | None]
    cells: Mapping[Place, HeatCell]


def lay_heat(cohorts: Iterable[Cohort]) -> Heat | None:
    """Return the table of one survey's cohorts, with what must be hidden hidden.

    None when it has fewer than two rows or columns, or when all of it would be hidden.
    """
    counted = {(cohort.unit, cohort.year): cohort for cohort in cohorts}
    units = sorted({unit for unit, _ in counted}, key=lambda u: (u is None, tr_key(u or "")))
    years = sorted({year for _, year in counted}, key=lambda y: (y is None, y or 0))
    if min(len(units), len(years)) < LEAST_LINES:
        return None
    places = [(unit, year) for unit in units for year in years]
    sizes = {place: counted[place].eligible if place in counted else 0 for place in places}
    hidden = find_hidden_in_grid(sizes)
    if all(place in hidden or not sizes[place] for place in places):
        return None
    cells = {place: _cell(counted.get(place), is_hidden=place in hidden) for place in places}
    return Heat(units, years, cells)


def _cell(cohort: Cohort | None, *, is_hidden: bool) -> HeatCell:
    if is_hidden or cohort is None or not cohort.eligible:
        return HeatCell(rate=None, is_hidden=is_hidden)
    return HeatCell(rate=rate_of([cohort]))
