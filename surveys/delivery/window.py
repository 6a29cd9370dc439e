"""When mails may go out: hours of the day, days of the week, no public holidays.

Instants are UTC, the hours those of one time zone: what a person there reads on the clock.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

EVERY_DAY = frozenset(range(1, 8))
MIDNIGHT = time(0)
# Longer than any run of holidays and weekends.
LONGEST_REST_DAYS = 30


def _never(_day: date) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Window:
    """`start` to `end` on `weekdays` (1 is Monday); `end` midnight is the end of the day."""

    start: time = MIDNIGHT
    end: time = MIDNIGHT
    weekdays: Collection[int] = EVERY_DAY
    is_holiday: Callable[[date], bool] = field(default=_never, compare=False)
    zone: tzinfo = UTC

    @property
    def is_always_open(self) -> bool:
        """Whether nothing was asked for."""
        is_whole_day = self.start == MIDNIGHT and self.end == MIDNIGHT
        return is_whole_day and set(self.weekdays) == EVERY_DAY and self.is_holiday is _never

    def is_open(self, now: datetime) -> bool:
        """Tell whether mails may go at `now`."""
        if self.is_always_open:
            return True
        opens, closes = self._hours(now.astimezone(self.zone).date())
        return opens <= now < closes

    def next_opening(self, now: datetime) -> datetime | None:
        """Return when mails may go next, `now` itself while they may; None if that is never."""
        if self.is_open(now):
            return now
        day = now.astimezone(self.zone).date()
        for ahead in range(LONGEST_REST_DAYS):
            opens, closes = self._hours(day + timedelta(days=ahead))
            if opens < closes and now < closes:
                return max(opens, now)
        return None

    def opening(self, now: datetime) -> datetime:
        """Return when the window that is open at `now` opened."""
        return self._hours(now.astimezone(self.zone).date())[0]

    def closing(self, now: datetime) -> datetime:
        """Return when the window that is open at `now` closes, at midnight at the latest."""
        return self._hours(now.astimezone(self.zone).date())[1]

    def finish(self, now: datetime, *, work: timedelta) -> datetime | None:
        """Return when `work` is done that is only done while the window is open."""
        if self.is_always_open:
            return now + work
        for _day in range(LONGEST_REST_DAYS * 12):
            begun = self.next_opening(now)
            if begun is None:
                return None
            closes = self.closing(begun)
            if begun + work <= closes:
                return begun + work
            work -= closes - begun
            now = closes
        return None

    def _hours(self, day: date) -> tuple[datetime, datetime]:
        """Return when the window opens and closes on a day; both alike where it stays shut."""
        opens = datetime.combine(day, self.start, self.zone).astimezone(UTC)
        if day.isoweekday() not in self.weekdays or self.is_holiday(day):
            return opens, opens
        last = day + timedelta(days=1) if self.end == MIDNIGHT else day
        return opens, datetime.combine(last, self.end, self.zone).astimezone(UTC)


ALWAYS = Window()
