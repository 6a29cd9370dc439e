"""Turkish casing, sorting, numbers and dates, by the reference's vectors."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from surveys.i18n import (
    fold,
    format_date,
    format_instant,
    format_integer,
    format_percent,
    sort_key,
    tr_at_time,
    tr_key,
    tr_lower,
    tr_upper,
)


@pytest.mark.parametrize(
    ("text", "lowered"),
    [("ISPARTA", "ısparta"), ("İZMİR", "izmir"), ("I\u0307zmir", "izmir"), ("Çağrı", "çağrı")],
)
def test_lower_case_follows_turkish(text: str, lowered: str) -> None:
    assert tr_lower(text) == lowered


def test_upper_case_follows_turkish() -> None:
    assert tr_upper("istanbul ığdır") == "İSTANBUL IĞDIR"


def test_folded_text_is_found_without_turkish_letters() -> None:
    assert fold("Işıl ÇAĞRI") == "isil cagri"


def test_sorting_follows_the_turkish_alphabet() -> None:
    cities = ["Ardahan", "Cide", "Çanakkale", "Hatay", "Iğdır", "Isparta", "İzmir", "Jale"]
    cities += ["Ordu", "Ömerli", "Siirt", "Şırnak", "Uşak"]

    shuffled = [*cities[7:], *cities[:7]]

    assert sorted(shuffled, key=tr_key) == cities


def test_column_of_sort_keys_follows_the_turkish_alphabet_too() -> None:
    names = ["Ali Can", "Ali Veli", "Alican Ak", "Cide", "Çelik", "Iğdır", "İzmir", "Öz", "Özge"]

    assert sorted(set(names), key=sort_key) == names


@pytest.mark.parametrize(
    ("value", "decimals", "turkish", "english"),
    [
        ("12.5", 1, "%12,5", "12.5%"),
        ("2.675", 2, "%2,68", "2.68%"),
        ("45", 0, "%45", "45%"),
        ("-7.5", 1, "-%7,5", "-7.5%"),
    ],
)
def test_percent_is_written_as_each_language_does(
    value: str, decimals: int, turkish: str, english: str
) -> None:
    assert format_percent(Decimal(value), "tr", decimals=decimals) == turkish
    assert format_percent(Decimal(value), "en", decimals=decimals) == english


def test_no_data_is_no_zero() -> None:
    assert format_percent(None, "tr") == "–"


def test_numbers_and_dates_are_written_as_each_language_does() -> None:
    day = date(2026, 11, 22)

    assert (format_integer(3581, "tr"), format_integer(3581, "en")) == ("3.581", "3,581")
    assert format_date(day, "tr") == "22 Kasım 2026 Pazar"
    assert format_date(day, "en") == "Sunday 22 November 2026"


def test_instant_is_told_in_the_local_zone() -> None:
    instant = datetime(2025, 12, 31, 21, 30, tzinfo=UTC)

    assert format_instant(instant, "tr", ZoneInfo("Europe/Istanbul")) == "1 Ocak 2026 00:30"


@pytest.mark.parametrize(
    ("spoken", "told"),
    [
        ("16:40", "16.40'ta"),
        ("16:00", "16.00'da"),
        ("08:00", "08.00'de"),
        ("09:00", "09.00'da"),
        ("10:00", "10.00'da"),
        ("20:00", "20.00'de"),
        ("13:00", "13.00'te"),
        ("00:00", "00.00'da"),
        ("12:01", "12.01'de"),
        ("12:02", "12.02'de"),
        ("12:03", "12.03'te"),
        ("12:04", "12.04'te"),
        ("12:05", "12.05'te"),
        ("12:06", "12.06'da"),
        ("12:07", "12.07'de"),
        ("12:08", "12.08'de"),
        ("12:09", "12.09'da"),
        ("12:10", "12.10'da"),
        ("12:20", "12.20'de"),
        ("12:30", "12.30'da"),
        ("12:50", "12.50'de"),
        ("12:46", "12.46'da"),
    ],
)
def test_turkish_time_ends_by_the_number_that_is_spoken_last(spoken: str, told: str) -> None:
    assert tr_at_time(time.fromisoformat(spoken)) == told
