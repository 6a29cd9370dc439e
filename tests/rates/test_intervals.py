"""Intervals of shares: the reference's vectors."""

import pytest

from surveys.rates.intervals import of_difference, wilson


@pytest.mark.parametrize(
    ("count", "number", "population", "low", "high"),
    [
        (0, 20, None, 0, 0.161125),
        (3, 20, None, 0.052369, 0.360419),
        (20, 20, None, 0.838875, 1),
        (215, 358, 3581, 0.551678, 0.647515),
        (215, 358, None, 0.549014, 0.649968),
        (7, 20, 20, 0.35, 0.35),
    ],
)
def test_wilson_gives_the_vectors(
    count: int, number: int, population: int | None, low: float, high: float
) -> None:
    interval = wilson(count, number, population=population)

    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-6)


def test_difference_agrees_with_the_normal_margin_for_many_people() -> None:
    interval = of_difference(4700, 2600, 10000)

    margin = 1.959964 * ((0.47 + 0.26 - 0.21**2) / 10000) ** 0.5
    assert (interval.low, interval.high) == pytest.approx((0.21 - margin, 0.21 + margin), abs=3e-4)


@pytest.mark.parametrize(("count", "other"), [(20, 0), (0, 20), (0, 0), (10, 10)])
def test_difference_stays_possible_at_the_ends(count: int, other: int) -> None:
    interval = of_difference(count, other, 20)

    assert -1 <= interval.low <= (count - other) / 20 <= interval.high <= 1
    assert interval.low < interval.high


def test_difference_narrows_with_the_share_of_people_asked() -> None:
    some, most = (of_difference(40, 20, 100, population=n) for n in (10_000, 120))

    assert most.high - most.low < some.high - some.low
