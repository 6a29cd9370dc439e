"""When a delivery is tried again, and how long a whole receiver is left in peace."""

from datetime import timedelta
from typing import Final

from surveys.webhooks.types import EventType

# The wait before attempts 2 to 10; with all of them a receiver may be away for three days.
WAITS: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
LONGEST_ASKED: Final = timedelta(hours=24)
PROBE_WAIT: Final = timedelta(minutes=5)
# Answers that speak of the receiver as a whole, and not of one event.
BUSY: Final = frozenset({429, 502, 503, 504})
FAILURES_TO_PROBE: Final = 5


def find_wait(
    *, kind: str, attempt_count: int, retry_after: int | None, spread: float
) -> timedelta | None:
    """Return the wait after `attempt_count` attempts, or None when they are used up.

    `spread` (0.8 to 1.2) scatters what failed together. A receiver may ask for more (seconds),
    up to a day, but not for less. A test is tried once: somebody looks at it.
    """
    if kind == EventType.ENDPOINT_TEST or attempt_count > len(WAITS):
        return None
    wait = WAITS[attempt_count - 1] * spread
    asked = timedelta(seconds=min(retry_after or 0, int(LONGEST_ASKED.total_seconds())))
    return max(wait, asked)


def find_slowing(
    *, http_status: int | None, failure_count: int, wait: timedelta | None, retry_after: int | None
) -> timedelta | None:
    """Return for how long nothing goes to the receiver, or None when only this delivery waits.

    `failure_count`: how many attempts in a row have failed, this one among them. A receiver may
    ask for a day (seconds); one that names no time is looked at again within minutes, however
    long this delivery has been tried: what is new must not wait for what is old.
    """
    if http_status in BUSY:
        asked = timedelta(seconds=min(retry_after or 0, int(LONGEST_ASKED.total_seconds())))
        return max(asked, min(wait or PROBE_WAIT, PROBE_WAIT))
    return PROBE_WAIT if failure_count >= FAILURES_TO_PROBE else None
