"""What comes of a request: an answer of any status, or why there was none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

GONE: Final = 410
SECONDS: Final = re.compile(r"[0-9]{1,9}")


class EgressError(StrEnum):
    """What went wrong, as attempts are recorded and told.

    `connect_timeout` is no connection in time, a refused one included. `http_5xx` is also what a
    gateway would answer 502 for: no answer in HTTP, or one cut in its headers.
    """

    BLOCKED_TARGET = "blocked_target"
    DNS = "dns"
    CONNECT_TIMEOUT = "connect_timeout"
    TLS = "tls"
    DEADLINE = "deadline"
    HTTP_3XX = "http_3xx"
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    GONE = "gone"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The receiver answered in HTTP, whatever it said; `error` is None for a 2xx.

    `retry_after` in seconds, where it gave one. `body_start` is at most the policy's read limit,
    as it came over the wire: for the challenge alone, never to be stored or shown.
    """

    status: int
    retry_after: int | None
    body_start: bytes = field(repr=False)
    duration_ms: int

    @property
    def response_bytes(self) -> int:
        """How much of the body was read."""
        return len(self.body_start)

    @property
    def error(self) -> EgressError | None:
        """Why the answer is none that we want."""
        if self.status == GONE:
            return EgressError.GONE
        by_hundreds = {2: None, 3: EgressError.HTTP_3XX, 4: EgressError.HTTP_4XX}
        return by_hundreds.get(self.status // 100, EgressError.HTTP_5XX)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """No answer came; the constant fields are there so that it reads like an Answer."""

    error: EgressError
    duration_ms: int
    status: None = None
    retry_after: None = None
    response_bytes: int = 0


def read_retry_after(headers: Mapping[str, str]) -> int | None:
    """Return the seconds that a receiver asks for, or None (RFC 9110, 10.2.3).

    A date is taken relative to the receiver's own `Date`, so that clocks need not agree.
    """
    text = headers.get("retry-after", "").strip()
    if SECONDS.fullmatch(text):
        return int(text)
    try:
        wait = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0, int(wait.total_seconds()))
