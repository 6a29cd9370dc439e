"""Whether a refusal by policy concerns one message or every one of its mailing.

Servers answer a mailbox that they dislike, a text that they dislike and a relay that they deny with
the same codes. So a message that is refused that way is tried once more, behind all the others:
refused again, it fails alone, unless nothing of its mailing was taken meanwhile. The mailing stops
when one of its messages after the other is refused and they have nothing in common: five domains,
or very many of one. Other mailings go on: their text may be taken, and prove their own sender.
"""

from collections import defaultdict
from dataclasses import dataclass, field
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
    PAUSE = auto()


@dataclass(frozen=True)
class Refusal:
    """One message of a mailing that was refused, and the domain of its recipient."""

    mailing_id: int
    message_id: int
    domain: str


@dataclass
class _Record:
    """What was met with the messages of one mailing."""

    has_accepted: bool = False
    refused: set[int] = field(default_factory=set)
    in_a_row: set[Refusal] = field(default_factory=set)

    def is_trusted(self, *, took_mail_before: bool) -> bool:
        return self.has_accepted or (took_mail_before and len(self.in_a_row) < FEW)

    def is_general(self) -> bool:
        domains = {refusal.domain for refusal in self.in_a_row}
        return len(domains) >= DOMAINS_IN_A_ROW or len(self.in_a_row) >= REFUSALS_IN_A_ROW


class Suspicion:
    """What the connections of one drain have met together."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._records: defaultdict[int, _Record] = defaultdict(_Record)
        self._refusing_groups: set[str] = set()

    def note_accepted(self, mailing_id: int) -> None:
        """The server took a mail of this mailing: it has nothing against all of them."""
        with self._lock:
            record = self._records[mailing_id]
            record.has_accepted = True
            record.in_a_row.clear()

    def note_group_refused(self, group: str) -> None:
        """Receivers of this group turned a mail down that was no single mailbox's matter."""
        with self._lock:
            self._refusing_groups.add(group)

    def has_group_refused(self, group: str) -> bool:
        """Tell whether that happened in this drain: the next mail they take ends the row."""
        with self._lock:
            return group in self._refusing_groups

    def judge(self, refusal: Refusal, *, took_mail_before: bool) -> Verdict:
        """Return what to do; `took_mail_before`: the server took mails of the mailing earlier."""
        with self._lock:
            record = self._records[refusal.mailing_id]
            if refusal.message_id in record.refused:
                is_trusted = record.is_trusted(took_mail_before=took_mail_before)
                return Verdict.FAIL if is_trusted else Verdict.PAUSE
            record.refused.add(refusal.message_id)
            record.in_a_row.add(refusal)
            return Verdict.PAUSE if record.is_general() else Verdict.TRY_LAST
