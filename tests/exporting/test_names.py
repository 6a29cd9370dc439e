"""Names of columns, valid for SPSS and unique."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.exporting.names import LONGEST_NAME, RESERVED, make_name

CODES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", fullmatch=True)


@pytest.mark.parametrize(
    ("wished", "name"),
    [("nps", "nps"), ("full-time", "full_time"), ("2024", "q_2024"), ("ALL", "q_ALL")],
)
def test_names_keep_what_spss_takes(wished: str, name: str) -> None:
    assert make_name(wished, set()) == name


def test_name_that_is_taken_in_another_case_gets_a_number() -> None:
    assert make_name("NPS", {"nps"}) == "NPS_2"


@given(st.lists(CODES | st.just("a" * 64), max_size=20))
def test_names_are_valid_and_unique_whatever_the_codes(codes: list[str]) -> None:
    taken: set[str] = set()

    names = [make_name(code, taken) for code in codes]

    assert len({name.lower() for name in names}) == len(codes)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) for name in names)
    assert all(len(name) <= LONGEST_NAME and name.lower() not in RESERVED for name in names)
