"""One question's answers as figures: from counts by value to what a picture and a table show."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean, median, pstdev, quantiles

from surveys.building.definition import NPS_POINTS
from surveys.rates.formulas import Rate
from surveys.rates.intervals import Interval, of_difference

LAST_DETRACTOR, FIRST_PROMOTER = 6, 9
MOST_BARS = 12
LEAST_FOR_TOP_TWO = 4
MONTHS_SHOWN = 24
HUNDRED = 100


@dataclass(frozen=True)
class Points:
    """A scale's answers: people by point from low to high, and the share at its top."""

    counts: Sequence[tuple[int, int]]

    @property
    def number(self) -> int:
        """How many people answered."""
        return sum(count for _, count in self.counts)

    @property
    def top_points(self) -> int:
        """How many of the highest points are told together: two, or one on short scales."""
        return 2 if len(self.counts) >= LEAST_FOR_TOP_TWO else 1

    @property
    def top(self) -> Rate:
        """The share of the highest points."""
        return Rate(sum(count for _, count in self.counts[-self.top_points :]), self.number)

    @property
    def mean(self) -> float:
        """The plain mean of the points."""
        return sum(point * count for point, count in self.counts) / max(1, self.number)


@dataclass(frozen=True)
class Nps:
    """Net promoter score: promoters less detractors in percent points, with its interval."""

    detractors: int
    passives: int
    promoters: int
    counts: Sequence[tuple[int, int]]
    interval: Interval

    @property
    def number(self) -> int:
        """How many people answered."""
        return self.detractors + self.passives + self.promoters

    @property
    def score(self) -> int:
        """From −100 to 100, rounded half away from zero."""
        exact = HUNDRED * (self.promoters - self.detractors) / max(1, self.number)
        return math.floor(abs(exact) + 0.5) * (1 if exact >= 0 else -1)


@dataclass(frozen=True)
class Bar:
    """One bar of a histogram: values from `low` to `high`, both included."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Numbers:
    """Numbers by their quartiles, mean and spread; the extremes are single people and not told."""

    lower_quartile: float
    median: float
    upper_quartile: float
    mean: float
    deviation: float
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Days:
    """Dates by month, or by year once they lie far apart: (first day, people)."""

    counts: Sequence[tuple[date, int]]
    by_year: bool


def sum_points(counts: Mapping[int, int], points: Sequence[int]) -> Points:
    """Return the people by each of `points`, those that nobody chose too."""
    return Points([(point, counts.get(point, 0)) for point in points])


def sum_nps(counts: Mapping[int, int], *, population: int | None) -> Nps:
    """Return the score; at least one person has answered."""
    number = sum(counts.values())
    detractors = sum(n for point, n in counts.items() if point <= LAST_DETRACTOR)
    promoters = sum(n for point, n in counts.items() if point >= FIRST_PROMOTER)
    between = of_difference(promoters, detractors, number, population=population)
    return Nps(
        detractors=detractors,
        passives=number - detractors - promoters,
        promoters=promoters,
        counts=[(point, counts.get(point, 0)) for point in NPS_POINTS],
        interval=Interval(HUNDRED * between.low, HUNDRED * between.high),
    )


def sum_numbers(counts: Mapping[float, int]) -> Numbers:
    """Return quartiles and spread; at least two people have answered."""
    values = sorted(value for value, count in counts.items() for _ in range(count))
    lower, _, upper = quantiles(values, n=4, method="inclusive")
    return Numbers(
        lower_quartile=lower,
        median=median(values),
        upper_quartile=upper,
        mean=fmean(values),
        deviation=pstdev(values),
        bars=_bars(counts),
    )


def sum_days(counts: Mapping[str, int]) -> Days:
    """Return ISO dates by month or year, those between without anybody too."""
    days = {date.fromisoformat(iso): count for iso, count in counts.items()}
    first, last = min(days), max(days)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    by_year = months > MONTHS_SHOWN
    starts = (
        [date(year, 1, 1) for year in range(first.year, last.year + 1)]
        if by_year
        else [_month_after(first, number) for number in range(months)]
    )
    found = dict.fromkeys(starts, 0)
    for day, count in days.items():
        found[day.replace(month=1, day=1) if by_year else day.replace(day=1)] += count
    return Days(list(found.items()), by_year)


def _bars(counts: Mapping[float, int]) -> list[Bar]:
    low, high = min(counts), max(counts)
    is_whole = all(value == int(value) for value in counts)
    if is_whole and high - low < MOST_BARS:
        return [Bar(v, v, counts.get(v, 0)) for v in range(int(low), int(high) + 1)]
    width = _nice_width((high - low) / MOST_BARS, is_whole=is_whole)
    start = math.floor(low / width)
    bars = [0] * (math.floor(high / width) - start + 1)
    for value, count in counts.items():
        bars[math.floor(value / width) - start] += count
    last = width - 1 if is_whole else width
    edges = [(start + number) * width for number in range(len(bars))]
    return [Bar(edge, edge + last, count) for edge, count in zip(edges, bars, strict=True)]


def _nice_width(least: float, *, is_whole: bool) -> float:
    """Return the next of 1, 2, 5, 10, 20, 50 … that is not below `least`."""
    power = 10 ** math.floor(math.log10(least)) if least > 0 else 1.0
    width = next(step * power for step in (1, 2, 5, 10) if step * power >= least)
    return max(1.0, width) if is_whole else width


def _month_after(first: date, number: int) -> date:
    months = first.year * 12 + first.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)
