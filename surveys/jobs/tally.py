"""What one drain has done so far, counted by all its connections together."""

from collections import Counter
from collections.abc import Callable, Mapping
from threading import Lock

from models import MessageState

FINAL = (MessageState.SENT, MessageState.FAILED, MessageState.SUPPRESSED, MessageState.UNKNOWN)
Counts = Mapping[str, int]


class Tally:
    """Counts by final state; `on_change` hears every change, one at a time."""

    def __init__(self, on_change: Callable[[Counts], None] | None = None) -> None:
        self._counts: Counter[str] = Counter()
        self._on_change = on_change
        self._lock = Lock()

    def add(self, state: str, count: int = 1) -> None:
        """Count messages that reached `state`."""
        if not count:
            return
        with self._lock:
            self._counts[state] += count
            if self._on_change:
                self._on_change(self._read())

    def counts(self) -> dict[str, int]:
        """Return sent, failed, suppressed and unknown."""
        with self._lock:
            return self._read()

    def _read(self) -> dict[str, int]:
        return {state.value: self._counts[state] for state in FINAL}
