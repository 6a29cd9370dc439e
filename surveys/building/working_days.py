"""Days on which offices in Türkiye work: no weekend and no public holiday."""

from datetime import date, datetime, time, timedelta

from surveys.building.public_holidays import find_holiday

SATURDAY = 5
MORNING = time(9, 0)


def is_working_day(day: date) -> bool:
    """Tell whether `day` is neither a weekend nor a public holiday of Türkiye."""
    return day.weekday() < SATURDAY and find_holiday(datetime.combine(day, MORNING)) is None


def next_working_day(day: date) -> date:
    """Return `day`, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
