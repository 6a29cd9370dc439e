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
from surveys.delivery.domains import registrable
from surveys.delivery.signing import Signer
from surveys.settings import LOOPBACK_HOSTS

JOB = "look-at-domain"
LIMIT_S = 2.0
SPF, DMARC, DKIM, MX, PTR = "SPF", "DMARC", "DKIM", "MX", "PTR"
ALIGNMENT = "Alignment"
STRICT = "s"


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

    SPF is asked of the domain that mails come back to (RFC 7208, section 2.4): that of
    `bounces_to`, an address or a pattern of one, which must take mail too and belong to the
    sender's, or SPF says nothing of the sender (alignment, RFC 9989). With a `signer`, whether
    its record holds its key. Asks the network, for at most `LIMIT_S` a record.
    """
    domain = _domain_of(sender)
    if domain in LOOPBACK_HOSTS:
        return []
    envelope = domain if bounces_to is None else _domain_of(bounces_to)
    dmarc, policy = _look_up_dmarc(domain)
    records = [_look_up(SPF, envelope, lambda text: text.startswith("v=spf1")), dmarc]
    if signer is not None:
        key = signer.public_key
        records.append(_look_up(DKIM, signer.record_name, lambda text: _tag(text, "p") == key))
    if envelope != domain:
        is_strict = _tag(policy, "aspf") == STRICT
        belongs = not is_strict and registrable(envelope) == registrable(domain)
        records.append(Record(MX, envelope, is_there=_takes_mail(envelope)))
        records.append(Record(ALIGNMENT, envelope, is_there=belongs))
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


def _look_up(label: str, name: str, is_right: Callable[[str], bool]) -> Record:
    found = _resolve(name, "TXT")
    return Record(label, name, is_there=None if found is None else any(map(is_right, found)))


def _takes_mail(domain: str) -> bool | None:
    """Tell whether mail can be brought to a domain: to its MX, or without one to its own address.

    Source: RFC 5321, section 5.1; an MX of "." says that it can't (RFC 7505).
    """
    exchanges = _resolve(domain, "MX")
    if exchanges is None:
        return None
    if exchanges:
        return any(not exchange.endswith(" .") for exchange in exchanges)
    return any(_resolve(domain, kind) for kind in ("A", "AAAA"))


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


def _look_up_dmarc(domain: str) -> tuple[Record, str]:
    """Return the record that counts and its text: the domain's own, else the organisation's."""
    names = dict.fromkeys(f"_dmarc.{one}" for one in (domain, registrable(domain)))
    record = Record(DMARC, f"_dmarc.{domain}", is_there=False)
    for name in names:
        texts = _resolve(name, "TXT")
        policy = next((text for text in texts or () if text.startswith("v=DMARC1")), "")
        record = Record(DMARC, name, is_there=None if texts is None else bool(policy))
        if record.is_there is not False:
            return record, policy
    return record, ""


def _tag(text: str, name: str) -> str:
    """Return the value of a tag of a DKIM or DMARC record, "" where it has none (RFC 6376, 3.2)."""
    tags = (tag.partition("=") for tag in text.split(";"))
    return next(("".join(value.split()) for tag, _, value in tags if tag.strip() == name), "")


def _domain_of(address: str) -> str:
    return parseaddr(address)[1].rpartition("@")[2]
