"""Faculty × year: no hidden cell can be found out over both margins."""

from dataclasses import replace
from itertools import product
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from surveys.rates.census import Cohort, list_unit_rates, rate_of, take_census
from surveys.rates.dispositions import count_dispositions, to_counts
from surveys.rates.formulas import Rate, compute_rates
from surveys.rates.grid_cells import find_bridges, find_hidden_in_grid
from surveys.rates.heat import HeatCell, lay_heat
from surveys.rates.small_cells import MINIMUM, find_hidden
from tests.conftest import NOW
from tests.factories import make_invitation, make_survey

Sizes = dict[tuple[int, int], int]
TABLES = st.integers(2, 6).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 14), min_size=width, max_size=width), min_size=2, max_size=6
    )
)


def to_sizes(table: list[list[int]]) -> Sizes:
    return {(r, c): size for r, row in enumerate(table) for c, size in enumerate(row)}


def cohort_of(unit: str, year: int, size: int) -> Cohort:
    """A cohort of which two are done."""
    return Cohort(1, unit, year, size, 0, size, 2, 2, 0, size)


def totals(sizes: Sizes, side: int) -> dict[int, int]:
    lines = {cell[side] for cell in sizes}
    return {line: sum(n for cell, n in sizes.items() if cell[side] == line) for line in lines}


def find_determined(equations: list[set[Any]]) -> set[Any]:
    """Return the unknowns that the equations settle, each a sum of unknowns: Gauss over a field."""
    prime = 1_000_003
    unknowns = sorted({u for equation in equations for u in equation}, key=str)
    rows = [[int(u in equation) for u in unknowns] for equation in equations]
    pivots: list[int] = []
    for column in range(len(unknowns)):
        pivot = next((r for r in range(len(pivots), len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        top = len(pivots)
        rows[top], rows[pivot] = rows[pivot], rows[top]
        inverse = pow(rows[top][column], -1, prime)
        rows[top] = [value * inverse % prime for value in rows[top]]
        for r, row in enumerate(rows):
            if r != top and row[column]:
                rows[r] = [
                    (a - row[column] * b) % prime for a, b in zip(row, rows[top], strict=True)
                ]
        pivots.append(column)
    return {unknowns[pivots[r]] for r in range(len(pivots)) if sum(map(bool, rows[r])) == 1}


def list_equations(sizes: Sizes, hidden: frozenset[Any]) -> list[set[Any]]:
    """Return what a reader knows: each line's hidden cells sum to something, all rows to all."""
    equations = []
    for side in (0, 1):
        sums = totals(sizes, side)
        closed = find_hidden(sums)
        for line in sums:
            inside = {cell for cell in hidden if cell[side] == line}
            equations.append(inside | ({(side, line, "total")} if line in closed else set()))
        equations.append({(side, line, "total") for line in closed})
    return [equation for equation in equations if equation]


@given(TABLES)
@example([[1, 9, 9], [9, 1, 9], [9, 9, 1]])
@example([[3, 0], [0, 9]])
@example([[1, 1, 9, 9, 9], [1, 1, 3, 9, 9], [9, 9, 3, 1, 1], [9, 9, 9, 1, 1]])
def test_hidden_cells_stay_open_over_both_margins(table: list[list[int]]) -> None:
    sizes = to_sizes(table)

    hidden = find_hidden_in_grid(sizes)

    shown = sizes.keys() - hidden
    assert all(not 0 < sizes[cell] < MINIMUM for cell in shown)
    if any(sizes[cell] for cell in shown):
        assert not find_determined(list_equations(sizes, hidden)) & hidden


def test_bridge_between_two_loops_is_found() -> None:
    loops = {(r, c) for r in (0, 1) for c in (0, 1)} | {(r, c) for r in (2, 3) for c in (2, 3)}

    assert find_bridges(loops | {(1, 2)}) == {(1, 2)}
    assert find_bridges(loops) == set()


def test_large_cells_are_all_shown() -> None:
    assert find_hidden_in_grid(to_sizes([[5, 6], [0, 9]])) == frozenset()


def test_heat_hides_one_small_cell_with_three_more() -> None:
    cohorts = [
        cohort_of(unit, year, size)
        for unit, row in {"B": (3, 20, 30), "Ç": (20, 9, 40), "C": (8, 50, 60)}.items()
        for year, size in zip((2022, 2023, 2024), row, strict=True)
    ]

    heat = lay_heat(cohorts)

    assert heat is not None
    assert heat.units == ["B", "C", "Ç"]
    hidden = {place for place, cell in heat.cells.items() if cell.is_hidden}
    assert len(hidden) == 4
    assert ("B", 2022) in hidden
    assert heat.cells["C", 2024] == HeatCell(Rate(2, 60))


def test_heat_is_none_when_it_is_no_table() -> None:
    assert lay_heat([]) is None
    assert lay_heat([cohort_of("A", 2024, 9), cohort_of("B", 2024, 9)]) is None


def test_heat_counts_the_cohort_as_invited(session: Session) -> None:
    survey = make_survey(session)
    answered = {"started_at": NOW, "responded_at": NOW, "answered_count": 1, "applicable_count": 1}
    for unit, year in (("Hukuk", 2023), ("Hukuk", 2024), ("Tıp", 2024)):
        for number in range(6):
            over = answered if number < 2 else {}
            make_invitation(session, survey=survey, unit=unit, graduation_year=year, **over)

    heat = lay_heat(take_census(session, survey_ids=[survey.id]))

    assert heat is not None
    assert (heat.units, heat.years) == (["Hukuk", "Tıp"], [2023, 2024])
    assert heat.cells["Tıp", 2024].rate == Rate(2, 6)
    assert heat.cells["Tıp", 2023] == HeatCell(None)


def test_census_and_dispositions_agree(session: Session) -> None:
    survey = make_survey(session)
    done = {"started_at": NOW, "responded_at": NOW, "answered_count": 9, "applicable_count": 10}
    for over in ({}, done, done, {**done, "manual_code": "4.10"}, {"manual_code": "4.90"}):
        make_invitation(session, survey=survey, **over)

    cohorts = take_census(session, survey_ids=[survey.id])

    rates = compute_rates(to_counts(count_dispositions(session, survey_id=survey.id)))
    assert rate_of(cohorts) == rates["RR1"] == Rate(2, 3)


def test_group_is_small_when_few_of_it_are_counted() -> None:
    """Six were invited, but four of them turned out to be no graduates: the rate is of two."""
    few = replace(cohort_of("Hukuk", 2023, 6), not_eligible=4)
    places = product(("Hukuk", "Tıp", "Fen"), (2022, 2023, 2024))
    others = [cohort_of(*place, 20) for place in places if place != ("Hukuk", 2023)]

    heat = lay_heat([few, *others])

    assert heat is not None
    assert heat.cells["Hukuk", 2023] == HeatCell(None, is_hidden=True)
    assert list_unit_rates([few, cohort_of("Tıp", 2023, 9), cohort_of("İşletme", 2023, 9)]) == [
        ("İşletme", Rate(2, 9))
    ]


def test_unit_rates_leave_small_units_out() -> None:
    sizes = {"Hukuk": 40, "Tıp": 12, "Doktora": 3}
    cohorts = [cohort_of(unit, 2024, size) for unit, size in sizes.items()]

    assert list_unit_rates(cohorts) == [("Hukuk", Rate(2, 40))]
