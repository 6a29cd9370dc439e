"""Whether a refusal by policy concerns one message or every one.

Servers answer a mailbox that they dislike and a relay that they deny with the same codes. So a
message that is refused that way is tried once more, behind all the others: refused again, it fails
alone, unless the server took nothing from us meanwhile. All stops when it refuses one message
after the other and they have nothing in common: five domains, or very many of one.
"""

from dataclasses import dataclass
from enum import Enum, auto
from threading import Lock

DOMAINS_IN_A_ROW = 5
# A domain that dislikes us may have many people side by side; beyond this it is all the same.
REFUSALS_IN_A_ROW = 25
# Where nothing else was tried, mail taken days ago speaks for a server only about so few.
FEW = 5


class Verdict(Enum):
    """What to do about a message that was refused by policy."""

    TRY_LAST = auto()
    FAIL = auto()
    STOP_ALL = auto()


@dataclass(frozen=True)
class Refusal:
    """One message that was refused, and the domain of its recipient."""

    message_id: int
    domain: str


class Suspicion:
    """What the connections of one drain have met together."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._has_accepted = False
        self._refused: set[int] = set()
        self._in_a_row: set[Refusal] = set()
        self._refusing_groups: set[str] = set()

    def note_accepted(self) -> None:
        """The server took a mail: it has nothing against all of them."""
        with self._lock:
            self._has_accepted = True
            self._in_a_row.clear()

    def note_group_refused(self, group: str) -> None:
        """Receivers of this group turned a mail down that was no single mailbox's matter."""
        with self._lock:
            self._refusing_groups.add(group)

    def has_group_refused(self, group: str) -> bool:
        """Tell whether that happened in this drain: the next mail they take ends the row."""
        with self._lock:
            return group in self._refusing_groups

    def judge(self, refusal: Refusal, *, took_mail_before: bool) -> Verdict:
        """Return what to do; `took_mail_before`: the server took mails from us earlier."""
        with self._lock:
            if refusal.message_id in self._refused:
                return (
                    Verdict.FAIL
                    if self._is_trusted(took_mail_before=took_mail_before)
                    else Verdict.STOP_ALL
                )
            self._refused.add(refusal.message_id)
            self._in_a_row.add(refusal)
            return Verdict.STOP_ALL if self._is_general() else Verdict.TRY_LAST

    def _is_trusted(self, *, took_mail_before: bool) -> bool:
        return self._has_accepted or (took_mail_before and len(self._in_a_row) < FEW)

    def _is_general(self) -> bool:
        domains = {refusal.domain for refusal in self._in_a_row}
        return len(domains) >= DOMAINS_IN_A_ROW or len(self._in_a_row) >= REFUSALS_IN_A_ROW
