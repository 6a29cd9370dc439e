"""What name servers say of our sender's domain: whether mail from it is vouched for.

Large mailbox providers refuse mail of a domain without these records. DKIM is looked at where we
sign; where the mail server does, only it knows under which name the record stands.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from ipaddress import ip_address

import dns.exception
import dns.resolver
from dns import reversename
from sqlalchemy.orm import Session

from models import Beat
from surveys.delivery.signing import Signer
from surveys.settings import LOOPBACK_HOSTS

JOB = "look-at-domain"
LIMIT_S = 2.0
SPF, DMARC, DKIM, MX, PTR = "SPF", "DMARC", "DKIM", "MX", "PTR"


@dataclass(frozen=True)
class Record:
    """One record: what it is called, its name, and whether it is there (None: not known)."""

    label: str
    name: str
    is_there: bool | None


def look_up_records(
    sender: str, *, signer: Signer | None = None, bounces_to: str | None = None
) -> list[Record]:
    """Return the records of the domain of the address `sender`; none of a machine of its own.

    With a `signer` whether its record holds its key, with `bounces_to`, an address or a pattern of
    one, whether its domain takes mail. Asks the network, for at most `LIMIT_S` a record.
    """
    domain = _domain_of(sender)
    if domain in LOOPBACK_HOSTS:
        return []
    records = [
        _look_up(SPF, domain, lambda text: text.startswith("v=spf1")),
        _look_up(DMARC, f"_dmarc.{domain}", lambda text: text.startswith("v=DMARC1")),
    ]
    if signer is not None:
        key = signer.public_key
        records.append(_look_up(DKIM, signer.record_name, lambda text: _read_key(text) == key))
    if bounces_to is not None:
        records.append(_look_up(MX, _domain_of(bounces_to), bool, kind="MX"))
    return records


def look_up_names(mail_server: str) -> list[Record]:
    """Return whether each public address of a mail server has a name that leads back to it.

    Receivers ask that of whoever brings them mail; of a server that hands our mails on to others,
    and of one on this machine or in a private network, nothing can be told from here.
    """
    return [
        Record(PTR, address, is_there=_leads_back(address))
        for kind in ("A", "AAAA")
        for address in _resolve(mail_server, kind) or ()
        if ip_address(address).is_global
    ]


def find_seen(session: Session) -> dict[str, bool]:
    """Return what the scheduler's last look found: whether it is there, by a record's label."""
    beat = session.get(Beat, JOB)
    found = beat.result if beat else {}
    return {label: bool(found[label]) for label in (SPF, DMARC, DKIM, MX) if label in found}


def to_result(records: Sequence[Record]) -> dict[str, int]:
    """Return what a look leaves behind: 1 or 0 by label, nothing of what is not known."""
    return {record.label: int(record.is_there) for record in records if record.is_there is not None}


def _look_up(label: str, name: str, is_right: Callable[[str], bool], kind: str = "TXT") -> Record:
    found = _resolve(name, kind)
    return Record(label, name, is_there=None if found is None else any(map(is_right, found)))


def _leads_back(address: str) -> bool | None:
    names = _resolve(reversename.from_address(address).to_text(), "PTR")
    if names is None:
        return None
    kind = "AAAA" if ":" in address else "A"
    return any(address in (_resolve(name, kind) or ()) for name in names)


def _resolve(name: str, kind: str) -> list[str] | None:
    """Return what a name has of one kind as text, None where no name server tells."""
    try:
        answer = dns.resolver.resolve(name, kind, lifetime=LIMIT_S)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError):
        return None
    if kind == "TXT":
        return [b"".join(row.strings).decode("ascii", errors="replace") for row in answer]
    return [row.to_text() for row in answer]


def _read_key(text: str) -> str:
    """Return the public key of a DKIM record, "" where it has none (RFC 6376, section 3.6.1)."""
    tags = (tag.partition("=") for tag in text.split(";"))
    return next(("".join(v.split()) for name, _, v in tags if name.strip() == "p"), "")


def _domain_of(address: str) -> str:
    return parseaddr(address)[1].rpartition("@")[2]
