"""When those that wait are through, by the rules of sending alone."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from surveys.delivery.forecast import Backlog, find_end, first_start, is_day_full
from surveys.delivery.pace import Pace
from surveys.delivery.window import Window

ISTANBUL = ZoneInfo("Europe/Istanbul")
OFFICE = Window(start=time(8), end=time(18), weekdays=frozenset(range(1, 6)), zone=ISTANBUL)
FRIDAY = date(2026, 11, 27)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ISTANBUL).astimezone(UTC)


def pace(**over: Any) -> Pace:
    return Pace(**{"zone": ISTANBUL, "window": Window(zone=ISTANBUL), **over})


def backlog(count: int, group: str = "rest", **over: Any) -> Backlog:
    return Backlog(group=group, count=count, **over)


def end(*backlogs: Backlog, rules: Pace, now: str, per_minute: int | None = None) -> str | None:
    found = find_end(backlogs, pace=rules, per_minute=per_minute, now=at(now))
    return None if found is None else f"{found.astimezone(ISTANBUL):%Y-%m-%dT%H:%M}"


def test_end_follows_from_number_and_speed() -> None:
    assert end(backlog(1204), rules=pace(), now="2026-11-27T15:40", per_minute=20) == (
        "2026-11-27T16:40"
    )


def test_end_without_a_known_speed_is_not_told() -> None:
    assert end(backlog(10), rules=pace(), now="2026-11-27T12:00") is None
    assert end(backlog(0), rules=pace(), now="2026-11-27T12:00", per_minute=9) is None


def test_slowest_group_ends_last() -> None:
    rules = pace(domain_rates={"gmail": 10, "rest": 60})
    waiting = backlog(600, "gmail"), backlog(60)

    assert end(*waiting, rules=rules, now="2026-11-27T12:00", per_minute=60) == "2026-11-27T13:00"


def test_rates_of_all_groups_say_the_speed_of_all() -> None:
    rules = pace(domain_rates={"gmail": 10, "rest": 60})

    assert end(backlog(60, "gmail"), rules=rules, now="2026-11-27T12:00") == "2026-11-27T12:06"
    assert end(backlog(60, "own"), rules=rules, now="2026-11-27T12:00") is None


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("2026-11-27T12:00", "2026-11-27T14:00"),
        ("2026-11-27T17:00", "2026-11-30T09:00"),
        ("2026-11-28T12:00", "2026-11-30T10:00"),
    ],
)
def test_work_stops_while_the_window_is_shut(now: str, told: str) -> None:
    assert end(backlog(120), rules=pace(window=OFFICE), now=now, per_minute=1) == told


def test_first_days_of_a_new_sender_are_counted() -> None:
    rules = pace(ramp_up=(500, 2000))

    ends = [
        end(backlog(count), rules=rules, now="2026-11-27T12:00", per_minute=100)
        for count in (500, 501, 2501)
    ]

    assert ends == ["2026-11-27T12:05", "2026-11-28T00:00", "2026-11-29T00:00"]


def test_day_that_has_had_its_mails_is_over() -> None:
    rules = pace(ramp_up=(500, 2000), window=OFFICE)
    full = backlog(9, first_sent_on=FRIDAY, counted_on=FRIDAY, sent_count=500)

    assert is_day_full(full, pace=rules, now=at("2026-11-27T12:00"))
    assert first_start(full, pace=rules, now=at("2026-11-27T12:00")) == at("2026-11-30T08:00")
    assert not is_day_full(full, pace=rules, now=at("2026-11-30T08:00"))


def test_group_that_rests_begins_later() -> None:
    resting = backlog(60, "gmail", rests_until=at("2026-11-27T13:00"))

    assert first_start(resting, pace=pace(), now=at("2026-11-27T12:00")) == at("2026-11-27T13:00")
    assert end(resting, rules=pace(), now="2026-11-27T12:00", per_minute=1) == "2026-11-27T14:00"


def test_window_that_never_opens_has_no_end() -> None:
    rules = pace(window=Window(weekdays=frozenset(), zone=ISTANBUL))

    assert end(backlog(1), rules=rules, now="2026-11-27T12:00", per_minute=1) is None
    assert first_start(backlog(1), pace=rules, now=at("2026-11-27T12:00")) is None


def test_too_many_mails_have_no_end_that_is_told() -> None:
    rules = pace(window=OFFICE)

    assert end(backlog(10**9), rules=rules, now="2026-11-27T12:00", per_minute=1) is None
    assert end(backlog(1), rules=rules, now="2026-11-27T12:00", per_minute=1) is not None
