"""Watches that the clock's jobs still end, on the monotonic clock alone.

A wall clock that was set back keeps the clock from ticking for as long; putting the job on anew
helps. A job that hangs does not come back; only a new process helps.
"""

from collections.abc import Callable, Iterable
from enum import Enum, auto
from threading import Event, Lock

import structlog

from surveys.clock import Clock
from surveys.jobs.table import Job

INTERVALS_TO_RESCHEDULE = 5
# A slow disk or a large mailing is no hang.
LEAST_SILENCE_S = 60.0
LOOK_EVERY_S = 5.0

log = structlog.get_logger()


class Advice(Enum):
    """What to do about one job."""

    NOTHING = auto()
    RESCHEDULE = auto()
    GIVE_UP = auto()


class Watchdog:
    """Remembers when each job last ended, and judges their silence."""

    def __init__(self, jobs: Iterable[Job], *, clock: Clock) -> None:
        self._monotonic = clock.monotonic
        self._lock = Lock()
        now = self._monotonic()
        self._limits = {
            job.name: max(LEAST_SILENCE_S, INTERVALS_TO_RESCHEDULE * job.every_s) for job in jobs
        }
        self._ended_at = dict.fromkeys(self._limits, now)
        self._rescheduled_at: dict[str, float] = {}

    def beat(self, name: str) -> None:
        """Note that a pass of job `name` has just ended, well or badly."""
        with self._lock:
            self._ended_at[name] = self._monotonic()
            self._rescheduled_at.pop(name, None)

    def judge(self, name: str) -> Advice:
        """Return what the silence of job `name` calls for."""
        with self._lock:
            now, limit = self._monotonic(), self._limits[name]
            if name in self._rescheduled_at:
                is_hopeless = now - self._rescheduled_at[name] > limit
                return Advice.GIVE_UP if is_hopeless else Advice.NOTHING
            if now - self._ended_at[name] <= limit:
                return Advice.NOTHING
            self._rescheduled_at[name] = now
            return Advice.RESCHEDULE

    def watch(
        self, *, stop: Event, reschedule: Callable[[str], None], give_up: Callable[[], None]
    ) -> None:
        """Look at all jobs every few seconds until `stop` is set or a job is hopeless."""
        while not stop.wait(LOOK_EVERY_S):
            for name in self._limits:
                advice = self.judge(name)
                if advice is Advice.RESCHEDULE:
                    log.warning("job_silent", job=name)
                    reschedule(name)
                if advice is Advice.GIVE_UP:
                    log.error("job_hangs", job=name)
                    give_up()
                    return
