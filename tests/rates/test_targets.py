"""Targets are decided with integers."""

from decimal import Decimal

import pytest

from surveys.rates.formulas import Rate
from surveys.rates.targets import count_missing, count_needed, is_met


@pytest.mark.parametrize(
    ("target", "people"),
    [
        ("5", 180),
        ("10", 359),
        ("12.5", 448),
        ("15", 538),
        ("20", 717),
        ("25", 896),
        ("30", 1075),
        ("35", 1254),
        ("40", 1433),
        ("45", 1612),
        ("50", 1791),
        ("60", 2149),
        ("75", 2686),
        ("80", 2865),
    ],
)
def test_needed_answers_of_3581(target: str, people: int) -> None:
    assert count_needed(3581, target=Decimal(target)) == people


def test_needed_answers_do_not_fall_into_the_float_trap() -> None:
    assert count_needed(100, target=Decimal(7)) == 7


def test_target_is_not_met_by_what_only_prints_like_it() -> None:
    assert Rate(358, 3581).percent(1) == Decimal("10.0")
    assert not is_met(358, 3581, target=Decimal(10))
    assert is_met(359, 3581, target=Decimal(10))


def test_target_is_not_met_when_nobody_is_counted() -> None:
    assert not is_met(0, 0, target=Decimal(10))


@pytest.mark.parametrize(("have", "missing"), [(300, 59), (359, 0), (400, 0)])
def test_missing_answers_never_fall_below_none(have: int, missing: int) -> None:
    assert count_missing(have, 3581, target=Decimal(10)) == missing
