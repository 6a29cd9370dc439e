"""The outbox in one line, and why nothing goes just now, as staff read it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from surveys.delivery.forecast import Backlog
from surveys.delivery.holdups import Cause, Holdup, list_holdups, tell_holdup
from surveys.delivery.pace import Pace
from surveys.delivery.speed import Speed
from surveys.delivery.speed_words import tell_speed
from surveys.delivery.window import Window

ISTANBUL = ZoneInfo("Europe/Istanbul")
OFFICE = Window(start=time(8), end=time(18), weekdays=frozenset(range(1, 6)), zone=ISTANBUL)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ISTANBUL).astimezone(UTC)


NOW = at("2026-11-26T15:40")


def line(language: str = "tr", **over: Any) -> str:
    values = {"waiting": 1204, "later": 0, "per_minute": None, "done_at": None, **over}
    return tell_speed(Speed(**values), language=language, zone=ISTANBUL, now=NOW)


@pytest.mark.parametrize(
    ("language", "over", "told"),
    [
        (
            "tr",
            {"per_minute": 20, "done_at": at("2026-11-26T16:40")},
            "1.204 bekliyor, 20/dk, bugün 16.40'ta biter",
        ),
        (
            "en",
            {"per_minute": 20, "done_at": at("2026-11-26T16:40")},
            "1,204 waiting, 20/min, done today at 16:40",
        ),
        (
            "tr",
            {
                "per_minute": 20,
                "is_resting": True,
                "resumes_at": at("2026-11-27T08:00"),
                "done_at": at("2026-11-30T09:05"),
            },
            "1.204 bekliyor, yarın 08.00'de devam eder, 30 Kasım Pazartesi 09.05'te biter",
        ),
        (
            "en",
            {"is_resting": True, "resumes_at": at("2026-11-30T08:00")},
            "1,204 waiting, goes on Monday 30 November at 08:00",
        ),
        ("tr", {"per_minute": 1500}, "1.204 bekliyor, 1.500/dk"),
        ("tr", {"is_resting": True}, "1.204 bekliyor"),
        ("tr", {"is_stalled": True}, "1.204 bekliyor"),
    ],
)
def test_outbox_in_one_line(language: str, over: dict[str, Any], told: str) -> None:
    assert line(language, **over) == told


@pytest.mark.parametrize(
    ("holdup", "told"),
    [
        (
            Holdup(Cause.HOURS, at("2026-11-27T08:00")),
            "Şu an gönderim saatleri dışında. Gönderim yarın 08.00'de devam eder.",
        ),
        (
            Holdup(Cause.WATCHED, at("2026-11-26T15:50")),
            (
                "Gönderimin ilk e-postaları önden gitti ve izleniyor. Sorun çıkmazsa ötekiler bugün"
                " 15.50'de gider."
            ),
        ),
        (
            Holdup(Cause.REFUSED, at("2026-11-26T16:03"), "gmail", 1500, "421 4.7.28 rate"),
            (
                "Gmail: E-postalarımız geri çevrildi (“421 4.7.28 rate”). Bekleyen 1.500 e-posta"
                " bugün 16.03'te yeniden denenir."
            ),
        ),
        (
            Holdup(Cause.DAY_FULL, at("2026-11-27T00:00"), "rest", 12),
            (
                "Öteki adresler: Gönderen adresimiz henüz yeni olduğu için bugünlük sınıra"
                " ulaşıldı. Kalan 12 e-posta yarın 00.00'da gitmeye başlar."
            ),
        ),
        (
            Holdup(Cause.HOURS, None),
            (
                "Belirlenen gönderim saatleri hiç gelmiyor. Dönüt’ü işleten kişinin ayarları"
                " düzeltmesi gerekir."
            ),
        ),
    ],
)
def test_holdup_is_told_with_its_end(holdup: Holdup, told: str) -> None:
    assert tell_holdup(holdup, language="tr", zone=ISTANBUL, now=NOW) == told


def test_all_that_holds_mails_up_is_found_with_its_end() -> None:
    rules = Pace(zone=ISTANBUL, window=OFFICE, ramp_up=(500, 500))
    evening, morning = at("2026-11-26T18:30"), at("2026-11-27T08:00")
    today = date(2026, 11, 26)
    backlogs = [
        Backlog(group="gmail", count=7, rests_until=at("2026-11-26T19:00"), reply="421 no"),
        Backlog(group="yahoo", count=8, first_sent_on=today, counted_on=today, sent_count=500),
        Backlog(group="rest", count=9),
    ]
    watched = evening + timedelta(minutes=5)

    found = list_holdups(backlogs, pace=rules, watched_until=watched, now=evening)

    assert found == [
        Holdup(Cause.HOURS, morning),
        Holdup(Cause.WATCHED, watched),
        Holdup(Cause.REFUSED, morning, "gmail", 7, "421 no"),
        Holdup(Cause.DAY_FULL, morning, "yahoo", 8),
    ]


def test_nothing_holds_up_what_may_go() -> None:
    assert not list_holdups([Backlog(group="", count=9)], pace=Pace(), watched_until=None, now=NOW)
