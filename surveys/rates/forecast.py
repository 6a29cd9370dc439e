"""Where the answers will stand when the survey closes: a band, never a point.

Returns follow a modified exponential: K · Σ r_w · (1 − e^(−λ(t−t_w))) over the mailings w that
went out before t, days counted from the first. K and λ are fitted to the answers so far; how much
they leave open is found by drawing the answers anew many times (parametric bootstrap).
Knows no table and no clock; the generator of random numbers is passed in.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import mul
from random import Random

LEAST_DAYS = 3.0
LEAST_ANSWERS = 20
REMINDER_RATIO = 0.6
# Nobody has measured how much weaker each reminder is, so the band allows for this much doubt.
RATIO_DOUBT = 0.2
SPEEDS = [number / 100 for number in range(5, 201)]
COARSE_STEP = 14
DRAWS = 99
SLICES = 24
STEPS = 12
LOW, HIGH = 0.05, 0.95


@dataclass(frozen=True)
class Wave:
    """One mailing: days after the first, its survey's share of the cases, its number there.

    `rank` is 0 for an invitation, 1 for the first reminder; each draws less than the one before.
    """

    day: float
    share: float = 1.0
    rank: int = 0


@dataclass(frozen=True)
class Fit:
    """K, the answers that the first mailing draws in the end, and λ, the speed per day."""

    total: float
    speed: float


@dataclass(frozen=True)
class Edge:
    """Between how many answers the band lies on a day (5 to 95 %)."""

    day: float
    low: float
    high: float


def is_too_early(*, day: float, count: int) -> bool:
    """Tell whether `day` days and `count` answers say nothing yet: below 72 hours or 20 answers."""
    return day < LEAST_DAYS or count < LEAST_ANSWERS


def reach(fit: Fit, waves: Sequence[Wave], day: float, *, ratio: float = REMINDER_RATIO) -> float:
    """Return the answers that `fit` expects by `day`."""
    return fit.total * _shape(fit.speed, waves, day, ratio)


def fit_answers(
    days: Sequence[float],
    counts: Sequence[float],
    waves: Sequence[Wave],
    *,
    ratio: float = REMINDER_RATIO,
) -> Fit:
    """Return the K and λ nearest to the cumulative `counts` on `days`, by least squares."""
    return _Shapes(days, waves, ratio).fit(counts)


def forecast(
    answer_days: Sequence[tuple[float, int]],
    waves: Sequence[Wave],
    *,
    day: float,
    last_day: float,
    reachable: int,
    generator: Random,
) -> list[Edge]:
    """Return the band from `day` (now) to `last_day`; empty when it is too early or too late.

    `answer_days`: when (in days) how many answers came, in order. `waves` holds the mailings that
    went out and those that are planned, nothing else. No more than `reachable` can answer.
    """
    count = sum(number for _, number in answer_days)
    if is_too_early(day=day, count=count) or day >= last_day or not waves:
        return []
    ends = [day * number / SLICES for number in range(1, SLICES + 1)]
    news = _slice(answer_days, ends)
    steps = [day + (last_day - day) * number / STEPS for number in range(STEPS + 1)]
    tracks = list(_draw(news, ends, waves, steps, generator))
    most = max(count, reachable)
    by_step = zip(steps, zip(*tracks, strict=True), strict=True)
    return [_edge(step, sorted(track), count, most) for step, track in by_step]


class _Shapes:
    """The curve with K = 1 on given days, by λ, each computed once."""

    def __init__(self, days: Sequence[float], waves: Sequence[Wave], ratio: float) -> None:
        self.days, self.waves, self.ratio = days, waves, ratio
        self.known: dict[int, tuple[list[float], float]] = {}

    def fit(self, counts: Sequence[float]) -> Fit:
        """Look at every 14th λ first, then at those around the best: the error has one valley."""
        coarse = range(0, len(SPEEDS), COARSE_STEP)
        near = min(coarse, key=lambda index: self._error(index, counts))
        around = range(max(0, near - COARSE_STEP), min(len(SPEEDS), near + COARSE_STEP + 1))
        best = min(around, key=lambda index: self._error(index, counts))
        return Fit(self._scale(best, counts), SPEEDS[best])

    def _shape(self, index: int) -> tuple[list[float], float]:
        if index not in self.known:
            shape = [_shape(SPEEDS[index], self.waves, day, self.ratio) for day in self.days]
            self.known[index] = shape, sum(map(mul, shape, shape))
        return self.known[index]

    def _scale(self, index: int, counts: Sequence[float]) -> float:
        shape, squares = self._shape(index)
        return sum(map(mul, counts, shape)) / squares if squares else 0.0

    def _error(self, index: int, counts: Sequence[float]) -> float:
        """Least squares with the best K for this λ: Σy² − (Σyf)²/Σf², without the constant."""
        shape, squares = self._shape(index)
        product = sum(map(mul, counts, shape))
        return -product * product / squares if squares else 0.0


def _shape(speed: float, waves: Sequence[Wave], day: float, ratio: float) -> float:
    return sum(
        wave.share * ratio**wave.rank * -math.expm1(-speed * (day - wave.day))
        for wave in waves
        if day > wave.day
    )


def _slice(answer_days: Sequence[tuple[float, int]], ends: Sequence[float]) -> list[int]:
    news = [0] * len(ends)
    width = ends[0]
    for day, number in answer_days:
        news[min(len(ends) - 1, max(0, math.ceil(day / width) - 1))] += number
    return news


def _draw(
    news: Sequence[int],
    ends: Sequence[float],
    waves: Sequence[Wave],
    steps: Sequence[float],
    generator: Random,
) -> Iterator[list[float]]:
    """Yield for each redrawn history how many answers come on top until each of `steps`."""
    doubts = (-RATIO_DOUBT, 0.0, RATIO_DOUBT)
    by_ratio = [_Shapes(ends, waves, REMINDER_RATIO + doubt) for doubt in doubts]
    for number in range(DRAWS):
        shapes = by_ratio[number % len(by_ratio)]
        fit = shapes.fit(list(accumulate(_vary(new, generator) for new in news)))
        known = reach(fit, waves, steps[0], ratio=shapes.ratio)
        expected = (reach(fit, waves, step, ratio=shapes.ratio) - known for step in steps)
        luck = generator.gauss(0, 1)
        yield [max(0.0, more + luck * math.sqrt(max(0.0, more))) for more in expected]


def _vary(expected: float, generator: Random) -> float:
    """Return a count around `expected` as chance would have it (Poisson, by the normal curve)."""
    return max(0.0, generator.gauss(expected, math.sqrt(expected)))


def _edge(day: float, more: Sequence[float], count: int, most: int) -> Edge:
    low, high = (more[int(share * (len(more) - 1))] for share in (LOW, HIGH))
    return Edge(day, min(most, count + low), min(most, count + high))
