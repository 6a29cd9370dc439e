"""The public holidays of Türkiye."""

from datetime import datetime

import pytest

from surveys.building.public_holidays import find_holiday


@pytest.mark.parametrize(
    ("local", "name"),
    [
        ("2026-10-29T10:00", "Cumhuriyet Bayramı"),
        ("2026-10-28T10:00", None),
        ("2026-10-28T13:00", "Cumhuriyet Bayramı (saat 13.00'ten)"),
        ("2027-03-09T10:00", "Ramazan Bayramı"),
        ("2026-11-23T10:00", None),
    ],
)
def test_holiday_is_known_by_its_name(local: str, name: str | None) -> None:
    found = find_holiday(datetime.fromisoformat(local))

    assert (found and found["tr"]) == name


def test_holiday_has_a_name_in_english_too() -> None:
    found = find_holiday(datetime.fromisoformat("2026-10-29T10:00"))

    assert found is not None
    assert found["en"] == "Republic Day"
