"""One connection to one checked address, cut when its time is over."""

import queue
import socket
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from threading import Thread, Timer
from types import TracebackType
from typing import Final, Self

from surveys.webhooks.addresses import Resolver

# A receiver with more is asked at the first of them only, so that a connect limit stays one.
MOST_ADDRESSES: Final = 8


class Deadline:
    """A span of real time, after which the line given to `guard` is shut under its user.

    A read timeout counts from packet to packet, so a receiver that sends a byte a second would
    hold us for ever. Shutting ends every wait, in the TLS handshake too, but what was being read
    may then look whole: ask `is_over` afterwards.
    """

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._line: socket.socket | None = None
        self._timer: Timer | None = None

    def left(self) -> float:
        """Return the seconds that are left, a hair more than 0 when none are."""
        return max(self._ends - time.monotonic(), 0.001)

    def is_over(self) -> bool:
        """Tell whether the time is over."""
        return time.monotonic() >= self._ends

    def guard(self, line: socket.socket) -> None:
        """Shut `line` when the time is over; once only."""
        # Later than the timer, so that only the timer ends a wait.
        line.settimeout(self.left() + 1)
        # A handle of our own: TLS takes the socket's over, and then nobody else has it.
        self._line = line.dup()
        self._timer = Timer(self.left(), self._shut)
        self._timer.daemon = True
        self._timer.start()

    def _shut(self) -> None:
        assert self._line is not None  # noqa: S101 - for the type checker: set before the start
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        """Begin; the time has run since the object was made."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Stop the timer and give the handle back."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
        if self._line is not None:
            self._line.close()


def look_up(host: str, port: int, *, resolve: Resolver, within_s: float) -> Sequence[str]:
    """Return the addresses of `host`, at least one; raises OSError where none come in time.

    The system's resolver knows no limit, so it is left behind in a thread of its own.
    """
    found: queue.SimpleQueue[Sequence[str] | None] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found.put(resolve(host, port))
        except (OSError, UnicodeError):
            found.put(None)

    Thread(target=ask, daemon=True, name="webhook-look-up").start()
    try:
        addresses = found.get(timeout=within_s)
    except queue.Empty:
        addresses = None
    if not addresses:
        raise OSError(socket.EAI_NONAME, "no address")
    return addresses


def connect(addresses: Sequence[str], port: int, *, within_s: float) -> socket.socket:
    """Return a connection to the first of these literal addresses that takes one.

    `within_s` is for all of them together. Raises OSError.
    """
    ends = time.monotonic() + within_s
    fault: OSError = TimeoutError()
    for address in addresses[:MOST_ADDRESSES]:
        left = ends - time.monotonic()
        if left <= 0:
            break
        try:
            line = socket.create_connection((address, port), timeout=left)
        except OSError as error:
            fault = error
        else:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return line
    raise fault


def encrypt(line: socket.socket, *, host: str, ca_file: str | None) -> ssl.SSLSocket:
    """Return `line` under TLS 1.2 or newer, the certificate verified for `host`.

    An end without goodbye is a fault, so that answers cut short are told from whole ones.
    Raises OSError (ssl.SSLError among them); `line` is closed then.
    """
    return tls_context(ca_file).wrap_socket(line, server_hostname=host, suppress_ragged_eofs=False)


@lru_cache(maxsize=8)
def tls_context(ca_file: str | None) -> ssl.SSLContext:
    """Return the context that trusts the system's authorities, or those of `ca_file` instead."""
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
