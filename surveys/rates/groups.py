"""Rates by a field of the roster that was declared for it, with small groups hidden.

Counts the cohort as it was invited. Only one field at a time, and only these; what is hidden is
safe against whoever has asked for all of them.
"""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Invitation
from surveys.errors import N_, DonutError
from surveys.i18n import tr_key
from surveys.rates.dispositions import DISPOSITIONS, NOT_ELIGIBLE, code_of, to_counts
from surveys.rates.formulas import Rate, compute_rates
from surveys.rates.joint_cells import hide_jointly
from surveys.rates.small_cells import Reason, find_hidden, reason_of

FIELDS = {
    "unit": Invitation.unit,
    "programme": Invitation.programme,
    "degree": Invitation.degree,
    "graduation_year": Invitation.graduation_year,
}
# A field whose groups lie inside the groups of another, whose totals can be asked for as well.
OUTER = {"programme": "unit"}
SHOWN_RATES = ("RR1", "RR2")

NAMES = tuple(FIELDS)

Value = str | int | None
Cell = tuple[Value, Value]
Kind = tuple[Value, ...]


class FieldNotDeclared(DonutError):
    """Rates are broken down by declared fields only."""

    code = "field_not_declared"
    message = N_("Rates can be shown by %(fields)s, not by “%(field)s”.")


@dataclass(frozen=True)
class Group:
    """One group: its value, the outer group it lies in, its rates; `rates` is None when hidden.

    `reason` says why it is hidden: itself small, or a complement to one that is.
    """

    value: Value
    within: Value
    rates: dict[str, Rate] | None
    reason: Reason | None = None


def list_groups(session: Session, *, survey_id: int, field: str) -> list[Group]:
    """Return the groups of one survey by `field`, in Turkish order, those without a value last.

    Empty when so much would be hidden that no table is left. Raises FieldNotDeclared.
    """
    return _if_any(read_groups(session, survey_id=survey_id, field=field))


def read_groups(session: Session, *, survey_id: int, field: str) -> list[Group]:
    """Return the same groups, also when every one of them is hidden. Raises FieldNotDeclared."""
    if field not in FIELDS:
        raise FieldNotDeclared(field=field, fields=", ".join(FIELDS))
    return _show_all(_count_codes(session, survey_id))[field]


def list_all_groups(session: Session, *, survey_id: int) -> dict[str, list[Group]]:
    """Return the groups of one survey by each field, from one pass over its cases."""
    shown = _show_all(_count_codes(session, survey_id))
    return {field: _if_any(groups) for field, groups in shown.items()}


def _if_any(groups: list[Group]) -> list[Group]:
    """A table that tells nothing is none."""
    return groups if any(group.rates for group in groups) else []


def _show_all(counted: Mapping[Kind, Counter[str]]) -> dict[str, list[Group]]:
    """Return the groups by every field; what one hides depends on what the others show."""
    sizes = {kind: _count_eligible(by_code) for kind, by_code in counted.items()}
    hidden = find_hidden_jointly(sizes)
    return {
        field: _show(_gather(counted, place), hidden[field]) for place, field in enumerate(FIELDS)
    }


def find_hidden_jointly(sizes: Mapping[Kind, int]) -> dict[str, set[Cell]]:
    """Return by field the cells to hide, so that no two tables together tell what one hides.

    `sizes`: how many are eligible by their values of all FIELDS, in that order.
    """
    alone = [find_hidden_within(_add_up(sizes, place)) for place in range(len(FIELDS))]
    placed: Counter[tuple[Hashable, ...]] = Counter()
    for kind, size in sizes.items():
        placed[tuple(_cell_of(kind, place) for place in range(len(FIELDS)))] += size
    return dict(zip(FIELDS, hide_jointly(placed, alone), strict=True))


def _add_up(sizes: Mapping[Kind, int], place: int) -> dict[Cell, int]:
    totals: Counter[Cell] = Counter()
    for kind, size in sizes.items():
        totals[_cell_of(kind, place)] += size
    return dict(totals)


def _gather(counted: Mapping[Kind, Counter[str]], place: int) -> dict[Cell, Counter[str]]:
    cells: dict[Cell, Counter[str]] = {}
    for kind, by_code in counted.items():
        cells.setdefault(_cell_of(kind, place), Counter()).update(by_code)
    return cells


def _cell_of(kind: Kind, place: int) -> Cell:
    field = NAMES[place]
    outer = OUTER.get(field)
    return (None if outer is None else kind[NAMES.index(outer)]), kind[place]


def _show(counted: Mapping[Cell, Mapping[str, int]], hidden: set[Cell]) -> list[Group]:
    return [
        _hide(cell, _count_eligible(counted[cell]))
        if cell in hidden
        else _group(cell, counted[cell])
        for cell in sorted(counted, key=_order)
    ]


def find_hidden_within(sizes: Mapping[Cell, int]) -> set[Cell]:
    """Return the cells (outer, inner) to hide when the totals of the outer groups are known too.

    Inside a hidden outer group every cell is hidden: their sum would bring it back.
    """
    totals: dict[Value, int] = {}
    for (outer, _inner), size in sizes.items():
        totals[outer] = totals.get(outer, 0) + size
    hidden_outer = find_hidden(totals) if len(totals) > 1 else frozenset()
    hidden: set[Cell] = set()
    for outer in totals:
        cells = {cell: size for cell, size in sizes.items() if cell[0] == outer}
        hidden |= cells.keys() if outer in hidden_outer else find_hidden(cells)
    return hidden


def _count_codes(session: Session, survey_id: int) -> dict[Kind, Counter[str]]:
    """Return the cases by code for each kind of people: their values of all FIELDS."""
    code = code_of().label("code")
    rows = session.execute(
        select(func.count(), code, *FIELDS.values())
        .join(Invitation.survey_version)
        .where(Invitation.survey_id == survey_id)
        .group_by(*FIELDS.values(), code)
    ).all()
    counted: dict[Kind, Counter[str]] = {}
    for number, found, *values in rows:
        counted.setdefault(tuple(values), Counter())[found] += number
    return counted


def _count_eligible(by_code: Mapping[str, int]) -> int:
    """Return how many the rates are of; others were invited by mistake."""
    return sum(n for code, n in by_code.items() if DISPOSITIONS[code].field != NOT_ELIGIBLE)


def _hide(cell: Cell, size: int) -> Group:
    return Group(value=cell[1], within=cell[0], rates=None, reason=reason_of(size))


def _group(cell: Cell, by_code: Mapping[str, int]) -> Group:
    rates = compute_rates(to_counts(by_code))
    shown = {name: rates[name] for name in SHOWN_RATES}
    return Group(value=cell[1], within=cell[0], rates=shown)


def _order(cell: Cell) -> tuple[bool, tuple[int, ...], tuple[int, ...]]:
    outer, inner = cell
    return inner is None, tr_key(str(outer)), tr_key(str(inner))
