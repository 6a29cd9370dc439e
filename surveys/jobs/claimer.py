"""The names under which connections claim, and which of them are surely dead.

A name is `host:process:start:drain:connection`. It tells a process of this host from one of
another, and from a later one that got the same number, so that a restart need not wait for the
leases of the process before it.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from surveys.tokens import new_public_id

PROCESSES = Path("/proc")
UNKNOWN_START = "?"
GONE_STATES = frozenset("ZX")
_live_drains: set[str] = set()


@dataclass(frozen=True)
class Claimer:
    """One drain of one process; `start` is the kernel's tick at which the process began."""

    host: str
    process_id: int
    start: str
    drain: str

    def connection(self, number: int) -> str:
        """Return the name of this drain's connection `number`."""
        return f"{self.host}:{self.process_id}:{self.start}:{self.drain}:{number}"

    def knows_dead(self, name: str) -> bool:
        """Tell whether `name` is of a drain that ran on this host and runs no more."""
        host, process_id, start, drain, *_ = [*name.split(":"), "", "", "", ""]
        if host != self.host or not process_id.isdecimal():
            return False
        if (int(process_id), start) == (self.process_id, self.start):
            return drain not in _live_drains
        return not _is_alive(int(process_id), start)


def this_claimer() -> Claimer:
    """Return a name that no other drain has, before or after, here or elsewhere."""
    own_id = os.getpid()
    return Claimer(
        host=_host(), process_id=own_id, start=_read_start(own_id), drain=new_public_id()
    )


def name_process() -> str:
    """Return the name under which this process signs what it did."""
    return f"{socket.gethostname()}:{os.getpid()}"


@contextmanager
def live_claimer() -> Iterator[Claimer]:
    """Yield a new name, alive until the end: a drain that the database threw out is dead then."""
    claimer = this_claimer()
    _live_drains.add(claimer.drain)
    try:
        yield claimer
    finally:
        _live_drains.discard(claimer.drain)


def _host() -> str:
    """The machine as far as process numbers mean the same: name, boot, and process namespace."""
    marks = [_read(PROCESSES / "sys/kernel/random/boot_id"), _namespace()]
    digest = sha256(":".join(marks).encode()).hexdigest()[:8]
    return f"{socket.gethostname().replace(':', '-')}-{digest}"


def _is_alive(process_id: int, start: str) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    found = _read_start(process_id)
    return UNKNOWN_START in {found, start} or found == start


def _read_start(process_id: int) -> str:
    """Return when a process began, "" when it is a corpse, "?" where the system doesn't tell."""
    fields = _read(PROCESSES / str(process_id) / "stat").rpartition(")")[2].split()
    if not fields:
        return UNKNOWN_START
    # proc(5): the state is the first field behind the name, the start time the twentieth.
    return "" if fields[0] in GONE_STATES else fields[19]


def _namespace() -> str:
    try:
        return str((PROCESSES / "self/ns/pid").readlink())
    except OSError:
        return ""


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
