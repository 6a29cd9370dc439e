"""Answers that need not be sent again: a revision is compared before anything is counted.

One that was worked out is kept under its tag for the next reader with the same view of it.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from flask import Flask, Response

from surveys.api.answers import json_answer
from surveys.api.callers import Caller
from surveys.api.preconditions import answer_unchanged, validators
from surveys.extensions import application
from surveys.reporting.wire import Document

# Raised when a document of an unchanged revision comes to look different.
SCHEMA_VERSION = 1
DIGEST_LETTERS = 8
# Documents have 1 to 20 kB: a few megabytes at most.
MOST_KEPT = 256
EXTENSION = "donut_documents"


@dataclass(frozen=True)
class Version:
    """What an answer depends on: a revision, when it came, and what sets this answer apart.

    `variant` is the digest of whatever else changes the answer: query, key, state by the clock.
    """

    kind: str
    revision: int
    changed_at: datetime
    variant: str

    @property
    def tag(self) -> str:
        """The ETag without its quotes, such as `rr-57-v1-9f2c11ab`."""
        return f"{self.kind}-{self.revision}-v{SCHEMA_VERSION}-{self.variant}"


class Documents:
    """The last documents of this process, by what they depend on; never stale, only dropped."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Document] = OrderedDict()
        self._lock = Lock()

    def recall(self, name: str, version: Version, make: Callable[[], Document]) -> Document:
        """Return the document `name` at `version`, made when it isn't kept. Don't change it."""
        key = (name, version.tag)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        document = make()
        with self._lock:
            self._kept[key] = document
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return document


def attach(app: Flask) -> None:
    """Give the application its documents."""
    app.extensions[EXTENSION] = Documents()


def documents() -> Documents:
    """Return the documents of the current application."""
    kept: Documents = application().extensions[EXTENSION]
    return kept


def digest_variant(caller: Caller, parts: Mapping[str, object]) -> str:
    """Return 8 hex digits that tell apart what `parts` and a key's narrowing make of a revision."""
    narrowed = [caller.is_demo, caller.indicator_code, caller.unit]
    written = json.dumps([narrowed, sorted(parts.items())], default=str, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()[:DIGEST_LETTERS]


def tell_unchanged(version: Version) -> Response | None:
    """Return the 304 to end with when the caller has this version, or None."""
    return answer_unchanged(version.tag, changed_at=version.changed_at)


def answer(
    version: Version, make: Callable[[], Any], *, headers: Mapping[str, str] | None = None
) -> Response:
    """Return 304 to a caller who has this version, or the document that `make` returns."""
    unchanged = tell_unchanged(version)
    if unchanged is not None:
        return unchanged
    known = validators(version.tag, changed_at=version.changed_at)
    return json_answer(make(), headers={**known, **(headers or {})})
