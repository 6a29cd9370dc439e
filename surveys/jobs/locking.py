"""One sender at a time on SQLite: a lock on a file beside the database.

The kernel lets go of it when its holder dies, however. So whoever gets it knows that every claim
in the database is a dead one's. On PostgreSQL claims alone keep senders apart, and any may run.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from sqlalchemy.engine import make_url

from surveys.clock import SystemClock
from surveys.errors import N_, DonutError

POLL_S = 0.2


class SenderBusy(DonutError):
    """Another process sends on this SQLite database."""

    code = "sender_busy"
    status = 409
    message = N_(
        "Another process is sending, and on SQLite one sends at a time. It sends what is due;"
        " look at it with: flask outbox status"
    )


def lock_path(database_url: str) -> Path | None:
    """Return where the lock stands, or None where senders need none."""
    url = make_url(database_url)
    return Path(f"{url.database}.sender") if url.drivername == "sqlite" else None


@contextmanager
def sole_sender(
    database_url: str, *, stop: Event, patience_s: float | None = None
) -> Iterator[bool]:
    """Hold the sender's place; yield whether no other sender can be alive.

    Waits for the place until `stop`, at most `patience_s`. Raises SenderBusy.
    """
    path = lock_path(database_url)
    if path is None:
        yield False
        return
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _acquire(descriptor, stop=stop, patience_s=patience_s)
        yield True
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, *, stop: Event, patience_s: float | None) -> None:
    clock = SystemClock()
    began = clock.monotonic()
    while not _try_to_lock(descriptor):
        is_patient = patience_s is None or clock.monotonic() - began < patience_s
        if not is_patient or stop.wait(POLL_S):
            raise SenderBusy


def _try_to_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
