"""The scheduler's process: APScheduler as a metronome, and the sender beside it.

What is due stands in our tables; a tick only asks. So any number of these processes may run, and
one that dies is missed by nobody but the clock.
"""

import os
from threading import Event, Thread

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from surveys.clock import SystemClock
from surveys.delivery.claiming import has_due
from surveys.extensions import reader, toolbox
from surveys.inviting.rules import read_pace
from surveys.jobs.locking import SenderBusy
from surveys.jobs.sending import drain
from surveys.jobs.table import JOBS, Job, Result, run_job
from surveys.jobs.watchdog import Watchdog

WAKE_EVERY_S = 3.0
# How long a hung process waits for the mails in flight: above the final dot's 600 s.
LAST_MAILS_S = 620.0

log = structlog.get_logger()


class Scheduler:
    """One scheduler: `run` blocks until `stop` is set, then ends what is in flight."""

    def __init__(self, app: Flask, *, stop: Event) -> None:
        self._app = app
        self._stop = stop
        self._wake = Event()
        wake = Job("wake-sender", WAKE_EVERY_S, self._wake_sender, is_stamped=False)
        self._jobs = {job.name: job for job in (*JOBS, wake)}
        self._watchdog = Watchdog(self._jobs.values(), clock=SystemClock())
        self._sender = Thread(target=self._send, name="sender-loop")
        self._metronome = BackgroundScheduler(
            timezone="UTC",
            executors={"default": ThreadPoolExecutor(len(self._jobs))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def run(self) -> None:
        """Tick and send until told to stop."""
        now = SystemClock().now()
        for name in self._jobs:
            self._schedule(name, next_run_time=now)
        self._sender.start()
        self._metronome.start()
        Thread(target=self._watch, name="watchdog", daemon=True).start()
        log.info("scheduler_started")
        self._stop.wait()
        self._metronome.shutdown(wait=True)
        self._wake.set()
        self._sender.join()
        log.info("scheduler_stopped")

    def _schedule(self, name: str, **when: object) -> None:
        job = self._jobs[name]
        trigger = IntervalTrigger(seconds=job.every_s, timezone="UTC")
        self._metronome.add_job(
            self._tick, trigger, args=[job], id=name, replace_existing=True, **when
        )

    def _tick(self, job: Job) -> None:
        try:
            run_job(self._app, job)
        except Exception:
            # A database that is away for a while must not end the clock.
            log.exception("job_failed", job=job.name)
        finally:
            self._watchdog.beat(job.name)

    def _wake_sender(self) -> Result:
        self._wake.set()
        return {}

    def _send(self) -> None:
        while self._wake.wait() and not self._stop.is_set():
            self._wake.clear()
            try:
                self._send_due()
            except SenderBusy:
                log.info("sender_not_needed")
            except Exception:
                log.exception("drain_failed")

    def _send_due(self) -> None:
        with self._app.app_context():
            tools = toolbox()
            window = read_pace(tools.settings).window
            is_needed = has_due(reader(), now=tools.clock.now(), window=window)
        if is_needed:
            drain(self._app, stop=self._stop)

    def _watch(self) -> None:
        self._watchdog.watch(stop=self._stop, reschedule=self._schedule, give_up=self._give_up)

    def _give_up(self) -> None:
        """End the process so that its manager starts a new one; a normal end joins what hangs."""
        self._stop.set()
        self._wake.set()
        self._sender.join(LAST_MAILS_S)
        os._exit(1)
