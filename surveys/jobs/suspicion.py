"""Whether a refusal by policy concerns one message or every one.

Servers answer a mailbox that they dislike and a relay that they deny with the same codes. So a
message that is refused that way is tried once more, behind all the others: refused again, it fails
alone, unless the server takes nothing from us or refuses one message after the other.
"""

from enum import Enum, auto
from threading import Lock

REFUSALS_IN_A_ROW = 5


class Verdict(Enum):
    """What to do about a message that was refused by policy."""

    TRY_LAST = auto()
    FAIL = auto()
    STOP_ALL = auto()


class Suspicion:
    """What the connections of one drain have met together."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._has_accepted = False
        self._refused: set[int] = set()
        self._in_a_row: set[int] = set()

    def note_accepted(self) -> None:
        """The server took a mail: it has nothing against all of them."""
        with self._lock:
            self._has_accepted = True
            self._in_a_row.clear()

    def judge(self, message_id: int, *, took_mail_before: bool) -> Verdict:
        """Return what to do; `took_mail_before`: the server took mails from us earlier."""
        with self._lock:
            if message_id in self._refused:
                is_trusted = self._has_accepted or took_mail_before
                return Verdict.FAIL if is_trusted else Verdict.STOP_ALL
            self._refused.add(message_id)
            self._in_a_row.add(message_id)
            is_general = len(self._in_a_row) >= REFUSALS_IN_A_ROW
            return Verdict.STOP_ALL if is_general else Verdict.TRY_LAST
