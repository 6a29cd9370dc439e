"""Days on which offices in Türkiye work: no weekend and no public holiday."""

from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays

SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Tell whether `day` is neither a weekend nor a public holiday of Türkiye."""
    return day.weekday() < SATURDAY and day not in _list_holidays(day.year)


def next_working_day(day: date) -> date:
    """Return `day`, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


@lru_cache
def _list_holidays(year: int) -> frozenset[date]:
    return frozenset(country_holidays("TR", years=year))
