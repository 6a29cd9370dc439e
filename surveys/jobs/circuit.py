"""When to try a mail server that does not answer: ever later, and at last one connection alone.

Shared by the connections of one drain. Spans are measured on the monotonic clock.
"""

from random import SystemRandom
from threading import Event, Lock

import structlog

from surveys.clock import Clock

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 300.0
FAILURES_TO_OPEN = 5
PROBE_POLL_S = 0.2

log = structlog.get_logger()


def scatter(lowest: float, highest: float) -> float:
    """Return a random number, so that what failed together does not come back together."""
    return SystemRandom().uniform(lowest, highest)


class Circuit:
    """Counts failures in a row. `patience_s`: how long a dead server is borne; None: for ever."""

    def __init__(self, *, clock: Clock, patience_s: float | None = None) -> None:
        self._patience_s = patience_s
        self._monotonic = clock.monotonic
        self._lock = Lock()
        self._failure_count = 0
        self._failing_since: float | None = None
        self._next_try_at = 0.0
        self._is_probing = False

    @property
    def gave_up(self) -> bool:
        """Whether the server has been dead for longer than patience lasts."""
        with self._lock:
            if self._patience_s is None or self._failing_since is None:
                return False
            return self._monotonic() - self._failing_since >= self._patience_s

    def wait_turn(self, stop: Event) -> bool:
        """Wait until a try is in order; False when it is not worth it or `stop` is set."""
        while not stop.is_set() and not self.gave_up:
            pause = self.pause_s()
            if pause <= 0:
                return True
            stop.wait(pause)
        return False

    def pause_s(self) -> float:
        """Return how long to wait before asking again; 0 lets one try begin."""
        with self._lock:
            left = self._next_try_at - self._monotonic()
            if left > 0:
                return self._within_patience(left)
            if self._failure_count >= FAILURES_TO_OPEN:
                if self._is_probing:
                    return PROBE_POLL_S
                self._is_probing = True
            return 0.0

    def succeed(self) -> None:
        """Note that the server answered."""
        with self._lock:
            self._failure_count = 0
            self._failing_since = None
            self._is_probing = False

    def fail(self) -> None:
        """Note that the server was not there, or said that it has no time."""
        with self._lock:
            now = self._monotonic()
            self._failure_count += 1
            self._failing_since = self._failing_since or now
            longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(self._failure_count - 1, 16))
            self._next_try_at = now + scatter(0, longest)
            self._is_probing = False
            log.warning("mail_server_unavailable", failures_in_a_row=self._failure_count)

    def abstain(self) -> None:
        """Note that a try that was begun will not be made: nothing was due."""
        with self._lock:
            self._is_probing = False

    def _within_patience(self, seconds: float) -> float:
        if self._patience_s is None or self._failing_since is None:
            return seconds
        left = self._failing_since + self._patience_s - self._monotonic()
        return max(0.01, min(seconds, left))
