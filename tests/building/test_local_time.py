from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import available_timezones

import pytest

from surveys.building.definition import from_document
from surveys.building.local_time import add_days, list_mailing_times, list_shifts, to_instant
from tests.building.documents import make_full_document


@pytest.mark.parametrize(
    ("local", "zone", "at", "shown", "is_shifted"),
    [
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30", "2026-03-29T03:30", True),
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30", "2026-10-25T02:30", False),
        ("2026-04-24T00:30", "Africa/Cairo", "2026-04-23T22:30", "2026-04-24T01:30", True),
        ("2026-01-15T09:00", "Europe/Istanbul", "2026-01-15T06:00", "2026-01-15T09:00", False),
        ("2026-07-15T09:00", "Europe/Istanbul", "2026-07-15T06:00", "2026-07-15T09:00", False),
        ("2015-01-15T09:00", "Europe/Istanbul", "2015-01-15T07:00", "2015-01-15T09:00", False),
    ],
)
def test_local_time_becomes_its_instant(
    local: str, zone: str, at: str, shown: str, *, is_shifted: bool
) -> None:
    instant = to_instant(local, zone)

    assert instant.at == datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert (instant.local, instant.is_shifted) == (shown, is_shifted)


def test_daily_time_rises_in_every_zone() -> None:
    first = date(2024, 1, 1)
    days = [f"{first + timedelta(days=n)}T02:30" for n in range(366)]

    fallen = {
        zone
        for zone in available_timezones()
        for instants in [[to_instant(day, zone).at for day in days]]
        if any(later <= earlier for earlier, later in pairwise(instants))
    }

    assert fallen == set()


def test_skipped_day_moves_to_the_next() -> None:
    instant = to_instant("2011-12-30T12:00", "Pacific/Apia")

    assert (instant.local, instant.is_shifted) == ("2011-12-31T12:00", True)


@pytest.mark.parametrize("local", ["2026-11-23", "2026-11-23 10:00", "2026-11-23T10:00Z", "soon"])
def test_other_forms_are_refused(local: str) -> None:
    with pytest.raises(ValueError, match=r"time data|unconverted"):
        to_instant(local, "Europe/Istanbul")


def test_days_are_counted_by_the_calendar() -> None:
    assert add_days("2026-03-27T10:00", 3) == "2026-03-30T10:00"
    assert add_days("2028-02-28T10:00", 1) == "2028-02-29T10:00"


def test_mailing_times_count_from_the_invitation_at_its_hour() -> None:
    definition = from_document(make_full_document())

    times = list_mailing_times(definition)

    assert times == ["2026-11-23T10:00", "2026-11-30T10:00", "2026-12-20T10:00"]


def test_shifted_times_are_told_with_their_place() -> None:
    document = make_full_document() | {"timezone": "Europe/Berlin"}
    document |= {"opens_at": "2026-03-22T02:30", "closes_at": "2026-04-22T10:00"}
    document["mailings"] = [
        {"kind": "invitation", "at": "2026-03-22T02:30", "subject": {}},
        {"kind": "reminder", "after_days": 7, "subject": {}},
    ]

    shifts = list_shifts(from_document(document))

    assert [(s.place, s.written, s.local) for s in shifts] == [
        ("mailings[1]", "2026-03-29T02:30", "2026-03-29T03:30")
    ]
