"""When mails may go, to the minute, through weekends, holidays and changes of the clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from surveys.building.public_holidays import is_public_holiday
from surveys.delivery.window import ALWAYS, Window

ISTANBUL = ZoneInfo("Europe/Istanbul")
OFFICE = Window(start=time(8), end=time(18), weekdays=frozenset(range(1, 6)), zone=ISTANBUL)


def at(text: str, zone: ZoneInfo = ISTANBUL) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23T07:59", False),
        ("2026-11-23T08:00", True),
        ("2026-11-23T17:59", True),
        ("2026-11-23T18:00", False),
        ("2026-11-28T12:00", False),
    ],
)
def test_window_is_open_in_office_hours(moment: str, *, is_open: bool) -> None:
    assert OFFICE.is_open(at(moment)) is is_open


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-23T12:00", "2026-11-23T12:00"),
        ("2026-11-23T06:00", "2026-11-23T08:00"),
        ("2026-11-27T18:00", "2026-11-30T08:00"),
    ],
)
def test_next_opening_skips_nights_and_weekends(moment: str, opens: str) -> None:
    assert OFFICE.next_opening(at(moment)) == at(opens)


def test_holidays_are_skipped() -> None:
    window = Window(start=time(8), end=time(18), zone=ISTANBUL, is_holiday=is_public_holiday)

    assert is_public_holiday(date(2026, 10, 29))
    assert window.next_opening(at("2026-10-28T19:00")) == at("2026-10-30T08:00")


def test_work_is_done_while_the_window_is_open() -> None:
    done = OFFICE.finish(at("2026-11-27T17:00"), work=timedelta(hours=3))

    assert done == at("2026-11-30T10:00")


def test_window_that_never_opens_promises_nothing() -> None:
    shut = Window(weekdays=frozenset(), zone=ISTANBUL)

    assert shut.next_opening(at("2026-11-23T12:00")) is None
    assert shut.finish(at("2026-11-23T12:00"), work=timedelta(hours=1)) is None


def test_hours_are_those_of_the_zone_on_the_day_that_the_clock_changes() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    window = Window(start=time(8), end=time(18), zone=berlin)

    assert window.next_opening(at("2026-03-29T01:00", berlin)) == datetime(
        2026, 3, 29, 6, 0, tzinfo=UTC
    )


def test_no_rule_is_always_open() -> None:
    assert ALWAYS.is_open(at("2026-11-28T03:00"))
    assert ALWAYS.finish(at("2026-11-28T03:00"), work=timedelta(hours=2)) == at("2026-11-28T05:00")
