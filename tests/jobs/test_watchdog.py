"""A job that falls silent is put on anew, and one that stays silent ends the process."""

from datetime import timedelta

import pytest

from surveys.jobs.table import Job
from surveys.jobs.watchdog import LEAST_SILENCE_S, Advice, Watchdog
from tests.conftest import SettableClock

SLOW = Job("slow", 100, dict)
FAST = Job("fast", 3, dict)


def _watchdog(clock: SettableClock) -> Watchdog:
    return Watchdog([SLOW, FAST], clock=clock)


@pytest.mark.parametrize(("name", "limit_s"), [("slow", 500.0), ("fast", LEAST_SILENCE_S)])
def test_silence_beyond_the_limit_reschedules(
    clock: SettableClock, name: str, limit_s: float
) -> None:
    watchdog = _watchdog(clock)

    clock.advance(timedelta(seconds=limit_s))
    before = watchdog.judge(name)
    clock.advance(timedelta(seconds=1))

    assert (before, watchdog.judge(name)) == (Advice.NOTHING, Advice.RESCHEDULE)


def test_beat_starts_the_silence_anew(clock: SettableClock) -> None:
    watchdog = _watchdog(clock)
    clock.advance(timedelta(seconds=499))
    watchdog.beat("slow")
    clock.advance(timedelta(seconds=499))

    assert watchdog.judge("slow") is Advice.NOTHING


def test_silence_after_rescheduling_is_hopeless_in_the_end(clock: SettableClock) -> None:
    watchdog = _watchdog(clock)
    clock.advance(timedelta(seconds=501))
    watchdog.judge("slow")

    at_once = watchdog.judge("slow")
    clock.advance(timedelta(seconds=501))

    assert (at_once, watchdog.judge("slow")) == (Advice.NOTHING, Advice.GIVE_UP)


def test_beat_after_rescheduling_ends_the_alarm(clock: SettableClock) -> None:
    watchdog = _watchdog(clock)
    clock.advance(timedelta(seconds=501))
    watchdog.judge("slow")
    watchdog.beat("slow")
    clock.advance(timedelta(seconds=400))

    assert watchdog.judge("slow") is Advice.NOTHING
