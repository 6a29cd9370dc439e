"""No hidden cell can be found out by subtracting the shown ones from a total."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.rates.groups import Cell, find_hidden_within
from surveys.rates.small_cells import MINIMUM, ThresholdOutOfRange, find_hidden

SIZES = st.lists(st.integers(0, 30), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        ((40, 12, 3), {3, 12}),
        ((60, 20, 3, 1), {1, 3, 20}),
        ((40, 3, 2), {3, 2}),
        ((40, 12, 5), set()),
        ((40, 12, 3, 0), {3, 12}),
        ((40,), set()),
    ],
)
def test_small_cells_hide_with_what_would_betray_them(
    sizes: tuple[int, ...], hidden: set[int]
) -> None:
    assert find_hidden({size: size for size in sizes}) == hidden


@pytest.mark.parametrize("sizes", [{"a": 3}, {"a": 3, "b": 1}, {"a": 3, "b": 0}])
def test_small_cells_hide_the_table_when_no_other_cell_is_left(sizes: dict[str, int]) -> None:
    assert find_hidden(sizes) == sizes.keys()


def test_small_cells_hide_a_cell_more_when_their_sum_says_one_person_each() -> None:
    sizes = {"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 9, "g": 40}

    assert find_hidden(sizes) == {"a", "b", "c", "d", "e", "f"}


@pytest.mark.parametrize("threshold", [4, 21])
def test_small_cells_refuse_a_threshold_that_protects_too_little_or_all(threshold: int) -> None:
    with pytest.raises(ThresholdOutOfRange):
        find_hidden({"a": 3}, threshold=threshold)


@given(SIZES, st.integers(MINIMUM, 20))
def test_hidden_cells_stay_open_after_subtraction(sizes: list[int], threshold: int) -> None:
    cells = dict(enumerate(sizes))

    hidden = find_hidden(cells, threshold=threshold)

    shown = cells.keys() - hidden
    assert all(not 0 < cells[cell] < threshold for cell in shown)
    if hidden and shown:
        assert_open(sum(sizes) - sum(cells[cell] for cell in shown), len(hidden), threshold)


def assert_open(remainder: int, cell_count: int, threshold: int) -> None:
    """Each hidden cell, of one person or more, can be of at least two sizes."""
    assert cell_count >= 2
    assert remainder >= threshold
    assert remainder > cell_count


@given(st.lists(st.lists(st.integers(1, 30), min_size=1, max_size=5), min_size=2, max_size=5))
def test_hidden_cells_stay_open_when_outer_totals_are_known(table: list[list[int]]) -> None:
    cells: dict[Cell, int] = {
        (outer, inner): size for outer, row in enumerate(table) for inner, size in enumerate(row)
    }
    hidden_outer = find_hidden({outer: sum(row) for outer, row in enumerate(table)})

    hidden = find_hidden_within(cells)

    for outer, row in enumerate(table):
        inside = {inner for group, inner in hidden if group == outer}
        assert outer not in hidden_outer or len(inside) == len(row)
        if inside and len(inside) < len(row):
            remainder = sum(row[inner] for inner in inside if isinstance(inner, int))
            assert_open(remainder, len(inside), MINIMUM)
