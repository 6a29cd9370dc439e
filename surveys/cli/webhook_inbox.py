"""What a receiver makes of a request: refused, heard before, overtaken, or taken; no network.

The same steps stand in the guide for other firms' developers; this is what they can try against.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from surveys.webhooks.signing import Genuine, Refusal, verify

MOST_REMEMBERED: Final = 10_000
VERIFICATION: Final = "endpoint.verification"


class Verdict(StrEnum):
    """What became of a request."""

    TAKEN = "taken"
    UNSIGNED = "taken_unverified"
    REPEATED = "repeated"
    OVERTAKEN = "overtaken"
    REFUSED = "refused"
    MALFORMED = "malformed"


@dataclass(frozen=True, kw_only=True)
class Reception:
    """The verdict, the HTTP status to answer, and what there is to tell about it."""

    verdict: Verdict
    status: int
    event_id: str | None = None
    event: Mapping[str, Any] | None = None
    refusal: Refusal | None = None
    newest: int | None = None

    @property
    def answer(self) -> bytes:
        """The body to answer with: the challenge where one was asked, else nothing."""
        if self.event is None or self.event["type"] != VERIFICATION:
            return b""
        return json.dumps({"challenge": self.event["data"].get("challenge")}).encode()


class Inbox:
    """Remembers which events came and the newest revision of each thing.

    Without a secret nothing is verified, and every verdict says so.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = secrets
        self._heard: dict[str, None] = {}
        self._newest: dict[tuple[str, str], int] = {}

    def take(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> Reception:
        """Judge one request; `headers` by lower-case names, `body` as it came."""
        if self._secrets:
            found = verify(self._secrets, headers=headers, body=body, now=now)
            if not isinstance(found, Genuine):
                return Reception(verdict=Verdict.REFUSED, status=401, refusal=found)
        event_id, event = headers.get("webhook-id", ""), _read_event(body)
        if event is None or not event_id:
            return Reception(verdict=Verdict.MALFORMED, status=400)
        return self._place(event_id, event)

    def _place(self, event_id: str, event: Mapping[str, Any]) -> Reception:
        taken = Verdict.TAKEN if self._secrets else Verdict.UNSIGNED
        reception = Reception(verdict=taken, status=200, event_id=event_id, event=event)
        if event_id in self._heard:
            return replace(reception, verdict=Verdict.REPEATED)
        self._heard[event_id] = None
        if len(self._heard) > MOST_REMEMBERED:
            del self._heard[next(iter(self._heard))]
        thing, revision = _read_revision(event)
        newest = self._newest.get(thing)
        if revision is None:
            return reception
        if newest is not None and revision < newest:
            return replace(reception, verdict=Verdict.OVERTAKEN, newest=newest)
        self._newest[thing] = revision
        return reception


def _read_event(body: bytes) -> Mapping[str, Any] | None:
    """Return a body of the shape that all events have, or None."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return None
    is_event = (
        isinstance(event, dict)
        and isinstance(event.get("type"), str)
        and isinstance(event.get("data"), dict)
    )
    return event if is_event else None


def _read_revision(event: Mapping[str, Any]) -> tuple[tuple[str, str], int | None]:
    """Return what the event is about, and its place among the events about it."""
    data = event["data"]
    about = data.get("survey_id") or f"{data.get('indicator')}:{data.get('year')}"
    revision = data.get("revision")
    is_number = isinstance(revision, int) and not isinstance(revision, bool)
    return (event["type"], str(about)), revision if is_number else None
