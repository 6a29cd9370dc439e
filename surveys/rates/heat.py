"""Response rates by faculty and graduation year at once: where in the university people answer.

Counts the cohort as it was invited. The faculties' and the years' own rates are shown too, so
cells are hidden over both margins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Invitation
from surveys.i18n import tr_key
from surveys.rates.dispositions import code_of, to_counts
from surveys.rates.formulas import Rate, compute_rates
from surveys.rates.grid_cells import find_hidden_in_grid

LEAST_LINES = 2

Place = tuple[str | None, int | None]


@dataclass(frozen=True)
class HeatCell:
    """RR1 of one faculty and year; None when nobody was invited there or it is hidden."""

    rate: Rate | None
    is_hidden: bool = False


@dataclass(frozen=True)
class Heat:
    """Faculties in Turkish order × years in order; those without a value come last."""

    units: Sequence[str | None]
    years: Sequence[int | None]
    cells: Mapping[Place, HeatCell]


def read_heat(session: Session, *, survey_id: int) -> Heat | None:
    """Return the table of one survey.

    None when it has fewer than two rows or columns, or when all of it would be hidden.
    """
    code = code_of().label("code")
    rows = session.execute(
        select(Invitation.unit, Invitation.graduation_year, code, func.count())
        .join(Invitation.survey_version)
        .where(Invitation.survey_id == survey_id)
        .group_by(Invitation.unit, Invitation.graduation_year, code)
    )
    counted: dict[Place, dict[str, int]] = {}
    for unit, year, found, number in rows:
        counted.setdefault((unit, year), {})[found] = number
    return lay_heat(counted)


def lay_heat(counted: Mapping[Place, Mapping[str, int]]) -> Heat | None:
    """Return the table of cases by (faculty, year) and code, with what must be hidden hidden."""
    units = sorted({unit for unit, _ in counted}, key=lambda u: (u is None, tr_key(u or "")))
    years = sorted({year for _, year in counted}, key=lambda y: (y is None, y or 0))
    if min(len(units), len(years)) < LEAST_LINES:
        return None
    places = [(unit, year) for unit in units for year in years]
    sizes = {place: sum(counted.get(place, {}).values()) for place in places}
    hidden = find_hidden_in_grid(sizes)
    if all(place in hidden or not sizes[place] for place in places):
        return None
    cells = {place: _cell(counted.get(place), place in hidden) for place in places}
    return Heat(units, years, cells)


def _cell(by_code: Mapping[str, int] | None, is_hidden: bool) -> HeatCell:  # noqa: FBT001 - as a pair
    if is_hidden or by_code is None:
        return HeatCell(rate=None, is_hidden=is_hidden)
    return HeatCell(rate=compute_rates(to_counts(by_code))["RR1"])
