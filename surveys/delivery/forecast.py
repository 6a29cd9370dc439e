"""When the mails that wait may go, and when the last of them will have gone.

Plain arithmetic over the rules of sending: hours, rates, caps of the first days, and rests.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from surveys.delivery.pace import Pace

# Nobody plans further ahead; what takes longer has no end that could be told.
MOST_DAYS = 400
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What waits for one group of receivers, and how the group stands with us.

    `rests_until`: it turned our mails down, with `reply`. `sent_count` went there on the local day
    `counted_on`, the first of all on `first_sent_on`.
    """

    group: str
    count: int
    rests_until: datetime | None = None
    reply: str = ""
    first_sent_on: date | None = None
    counted_on: date | None = None
    sent_count: int = 0


@dataclass(frozen=True)
class _Day:
    """One local day's open hours, and how many mails may go then; None for any number."""

    opens: datetime
    closes: datetime
    most: int | None


def first_start(backlog: Backlog, *, pace: Pace, now: datetime) -> datetime | None:
    """Return when the first of the mails may go, `now` itself where it may; None if never."""
    return next((day.opens for day in _days(backlog, pace, now) if day.most != 0), None)


def is_day_full(backlog: Backlog, *, pace: Pace, now: datetime) -> bool:
    """Tell whether the group has had all that it gets on the day of `now`."""
    return _most_on(backlog, pace, now.astimezone(pace.zone).date(), None) == 0


def find_end(
    backlogs: Sequence[Backlog], *, pace: Pace, per_minute: int | None, now: datetime
) -> datetime | None:
    """Return when all will have gone, None where that can't be said.

    `per_minute` is the speed of all groups together, as far as it is known.
    """
    together = per_minute or _sum_rates(backlogs, pace)
    total = sum(backlog.count for backlog in backlogs)
    if not total or not together:
        return None
    ends = [pace.window.finish(now, work=total * MINUTE / together)]
    for backlog in backlogs:
        rate = min(pace.domain_rates.get(backlog.group, together), together)
        ends.append(_end_of(backlog, rate, pace, now))
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None


def _sum_rates(backlogs: Sequence[Backlog], pace: Pace) -> int | None:
    rates = [pace.domain_rates.get(backlog.group, 0) for backlog in backlogs]
    return sum(rates) if all(rates) else None


def _end_of(backlog: Backlog, rate: int, pace: Pace, now: datetime) -> datetime | None:
    left = backlog.count
    for day in _days(backlog, pace, now):
        room = (day.closes - day.opens) * rate // MINUTE
        if left <= room and (day.most is None or left <= day.most):
            return day.opens + left * MINUTE / rate
        left -= room if day.most is None else min(room, day.most)
    return None


def _days(backlog: Backlog, pace: Pace, now: datetime) -> Iterator[_Day]:
    """Yield the days on which mails may go, from `now` or the end of a rest on."""
    at = max(now, backlog.rests_until or now)
    first: date | None = None
    for _ in range(MOST_DAYS):
        opens = pace.window.next_opening(at)
        if opens is None:
            return
        today = opens.astimezone(pace.zone).date()
        first = first or today
        closes = pace.window.closing(opens)
        yield _Day(opens, closes, _most_on(backlog, pace, today, first))
        at = closes


def _most_on(backlog: Backlog, pace: Pace, day: date, first: date | None) -> int | None:
    """Return what the plan of the first days leaves for `day`; `first`: where none has gone yet."""
    number = (day - (backlog.first_sent_on or first or day)).days
    if number >= len(pace.ramp_up):
        return None
    gone = backlog.sent_count if backlog.counted_on == day else 0
    return max(0, pace.ramp_up[max(number, 0)] - gone)
