"""What name servers say of our sender's domain: whether mail from it is vouched for.

Large mailbox providers refuse mail of a domain without these records. DKIM is not looked at: its
record stands under a name that only the mail server knows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr

import dns.exception
import dns.resolver
from sqlalchemy.orm import Session

from models import Beat
from surveys.settings import LOOPBACK_HOSTS

JOB = "look-at-domain"
LIMIT_S = 2.0
SPF, DMARC = "SPF", "DMARC"


@dataclass(frozen=True)
class Record:
    """One record: what it is called, its name, and whether it is there (None: not known)."""

    label: str
    name: str
    is_there: bool | None


def look_up_records(sender: str) -> list[Record]:
    """Return the records of the domain of the address `sender`; none of a machine of its own.

    Asks the network, for at most `LIMIT_S` a record.
    """
    domain = parseaddr(sender)[1].rpartition("@")[2]
    if domain in LOOPBACK_HOSTS:
        return []
    return [
        _look_up(SPF, domain, "v=spf1"),
        _look_up(DMARC, f"_dmarc.{domain}", "v=DMARC1"),
    ]


def find_seen(session: Session) -> dict[str, bool]:
    """Return what the scheduler's last look found: whether it is there, by a record's label."""
    beat = session.get(Beat, JOB)
    found = beat.result if beat else {}
    return {label: bool(found[label]) for label in (SPF, DMARC) if label in found}


def to_result(records: Sequence[Record]) -> dict[str, int]:
    """Return what a look leaves behind: 1 or 0 by label, nothing of what is not known."""
    return {record.label: int(record.is_there) for record in records if record.is_there is not None}


def _look_up(label: str, name: str, start: str) -> Record:
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=LIMIT_S)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return Record(label, name, is_there=False)
    except (dns.exception.DNSException, OSError):
        return Record(label, name, is_there=None)
    texts = [b"".join(row.strings) for row in answer]
    return Record(label, name, is_there=any(text.startswith(start.encode()) for text in texts))
