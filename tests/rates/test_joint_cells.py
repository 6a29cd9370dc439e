"""Nobody who has asked for every table of a survey can work out what one of them hides."""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from surveys.rates.groups import (
    FIELDS,
    NAMES,
    OUTER,
    Cell,
    Kind,
    find_hidden_jointly,
    find_hidden_within,
    list_all_groups,
    read_groups,
)
from tests.conftest import NOW
from tests.factories import make_invitation, make_survey

DONE: dict[str, Any] = {
    "mail_state": "sent",
    "started_at": NOW,
    "responded_at": NOW,
    "answered_count": 1,
    "applicable_count": 1,
}
KINDS: st.SearchStrategy[Kind] = st.tuples(
    st.sampled_from(["Fen", "Hukuk", "Tıp"]),
    st.sampled_from(["A", "B", "C"]),
    st.sampled_from(["Lisans", "YL", None]),
    st.sampled_from([2021, 2022, 2023]),
)
COHORTS = st.dictionaries(KINDS, st.integers(1, 12), min_size=1, max_size=14)
# The faculty less the year is the degree that its own table hides.
SAME_IN_TWO: dict[Kind, int] = {
    ("Tıp", "A", "YL", 2022): 3,
    ("Tıp", "A", "Lisans", 2023): 27,
    ("Fen", "B", "Lisans", 2022): 30,
    ("Hukuk", "C", "Lisans", 2021): 30,
}


def cell_of(kind: Kind, field: str) -> Cell:
    outer = OUTER.get(field)
    return (None if outer is None else kind[NAMES.index(outer)]), kind[NAMES.index(field)]


def is_told(row: list[Fraction], known: list[list[Fraction]]) -> bool:
    """Whether `row` is a sum of multiples of the `known` ones: Gauss, in exact fractions."""
    rows = [list(one) for one in known]
    left = list(row)
    for column in range(len(row)):
        pivot = next((one for one in rows if one[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        for other in [*rows, left]:
            share = other[column] / pivot[column]
            for place, value in enumerate(pivot):
                other[place] -= share * value
    return not any(left)


def find_told(sizes: Mapping[Kind, int], hidden: Mapping[str, set[Cell]]) -> list[Any]:
    """Return the hidden cells that follow from all that is shown, and from the total."""
    kinds = sorted(sizes, key=str)
    cells = [(field, cell) for field in FIELDS for cell in {cell_of(k, field) for k in kinds}]
    rows = {
        (field, cell): [Fraction(cell_of(kind, field) == cell) for kind in kinds]
        for field, cell in cells
    }
    everybody = [Fraction(1)] * len(kinds)
    known = [everybody, *(row for (f, cell), row in rows.items() if cell not in hidden[f])]
    return [
        place
        for place, row in rows.items()
        if place[1] in hidden[place[0]] and row != everybody and is_told(row, known)
    ]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(COHORTS)
@example(SAME_IN_TWO)
def test_no_hidden_cell_follows_from_all_that_is_shown(sizes: dict[Kind, int]) -> None:
    hidden = find_hidden_jointly(sizes)

    assert find_told(sizes, hidden) == []


def test_each_table_alone_would_tell() -> None:
    """What the tables hide one by one, without a look at the others, is not enough."""
    alone = {}
    for field in FIELDS:
        sizes: Counter[Cell] = Counter()
        for kind, size in SAME_IN_TWO.items():
            sizes[cell_of(kind, field)] += size
        alone[field] = find_hidden_within(sizes)

    assert find_told(SAME_IN_TWO, alone)


def test_large_cells_are_all_shown() -> None:
    sizes: dict[Kind, int] = {
        (unit, unit, degree, year): 20
        for unit in ("Fen", "Hukuk")
        for degree in ("Lisans", "YL")
        for year in (2021, 2022)
    }

    assert find_hidden_jointly(sizes) == {field: set() for field in FIELDS}


def test_what_is_hidden_is_the_same_each_time() -> None:
    sizes: dict[Kind, int] = {
        ("Fen", f"P{n}", "Lisans" if n % 3 else "YL", 2020 + n % 4): 1 + n * 7 % 11
        for n in range(30)
    }

    assert find_hidden_jointly(sizes) == find_hidden_jointly(dict(sizes))


@pytest.mark.parametrize("field", FIELDS)
def test_every_way_to_ask_hides_the_same(session: Session, field: str) -> None:
    survey = make_survey(session)
    for (unit, programme, degree, year), size in SAME_IN_TWO.items():
        for number in range(size):
            make_invitation(
                session, survey=survey, unit=unit, programme=programme, degree=degree,
                graduation_year=year, **(DONE if number % 2 else {}),
            )  # fmt: skip

    alone = read_groups(session, survey_id=survey.id, field=field)
    together = list_all_groups(session, survey_id=survey.id)[field]

    assert together in (alone, [])
    hidden = {(group.within, group.value) for group in alone if group.rates is None}
    assert hidden == find_hidden_jointly(SAME_IN_TWO)[field]
