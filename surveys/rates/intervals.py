"""How sure answers are: intervals at 95 % for shares of those who answered.

For answers only; a response rate over a full list is a count and has no interval. All of them
assume that who did not answer thinks alike.
"""

import math
from dataclasses import dataclass

Z = 1.959964


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`, in the unit of what it is of."""

    low: float
    high: float


def wilson(count: int, number: int, *, population: int | None = None) -> Interval:
    """Return the interval of the share count/number (0..1); `number` is at least 1.

    `population`: of how many people these are, which narrows it: n → n(N−1)/(N−n).
    """
    share = count / number
    size = _effective(number, population)
    if math.isinf(size):
        return Interval(share, share)
    middle = share + Z * Z / (2 * size)
    reach = Z * math.sqrt(share * (1 - share) / size + Z * Z / (4 * size * size))
    scale = 1 + Z * Z / size
    return Interval(max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale))


def of_difference(
    count: int, other: int, number: int, *, population: int | None = None
) -> Interval:
    """Return the interval of (count − other)/number, two shares of the same people (−1..1).

    Source: Newcombe 1998, square-and-add over Wilson's, with the correlation of two shares that
    exclude each other.
    """
    first, second = count / number, other / number
    ours = wilson(count, number, population=population)
    theirs = wilson(other, number, population=population)
    spread = (1 - first) * (1 - second)
    bond = -math.sqrt(first * second / spread) if spread else 0.0
    below, above = first - ours.low, theirs.high - second
    down = math.sqrt(max(0.0, below**2 - 2 * bond * below * above + above**2))
    below, above = ours.high - first, second - theirs.low
    up = math.sqrt(max(0.0, below**2 - 2 * bond * below * above + above**2))
    return Interval(max(-1.0, first - second - down), min(1.0, first - second + up))


def _effective(number: int, population: int | None) -> float:
    if population is None or population < number:
        return float(number)
    if population == number:
        return math.inf
    return number * (population - 1) / (population - number)
