"""Whom a mail is from and for, and the one check that no header value breaks out of its line.

Names come from the roster and subjects from staff: neither is trusted.
"""

import re
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Final

from surveys.errors import N_, DonutError

LONGEST_NAME: Final = 100
LONGEST_ADDRESS: Final = 254
_LINE_BREAK: Final = re.compile("[\r\n\0\u2028\u2029\ud800-\udfff]")
_CONTROL: Final = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_ADDRESS: Final = re.compile(r"[^\s<>()@,;:\\\"\x00-\x1f\x7f-\U0010ffff]+@[A-Za-z0-9.\-]+")


class HeaderRefused(DonutError):
    """A value can't stand in a mail's header."""

    code = "header_refused"
    message = N_("%(field)s can't stand in a mail: it holds a line break or isn't an address.")


@dataclass(frozen=True)
class Mailbox:
    """A display name, which may be empty, and an ASCII address."""

    name: str
    address: str


def read_mailbox(text: str) -> Mailbox:
    """Return `Mezunlar Ofisi <mezun@example.edu.tr>`, or a bare address, as a mailbox.

    Raises HeaderRefused.
    """
    name, address = parseaddr(text)
    mailbox = Mailbox(name, address)
    check_mailbox("address", mailbox)
    return mailbox


def clean_name(name: str) -> str:
    """Return a person's name as it may stand in a header: one line, at most 100 characters."""
    return " ".join(_CONTROL.sub(" ", name).split())[:LONGEST_NAME].rstrip()


def check_mailbox(field: str, mailbox: Mailbox) -> None:
    """Raise HeaderRefused when the name or the address can't stand in header `field`."""
    is_bad_name = _CONTROL.search(mailbox.name) or len(mailbox.name) > LONGEST_NAME
    if is_bad_name or not is_address(mailbox.address):
        raise HeaderRefused(field=field)


def check_value(field: str, value: str) -> None:
    """Raise HeaderRefused when `value` would end the line of header `field`."""
    if _LINE_BREAK.search(value):
        raise HeaderRefused(field=field)


def is_address(text: str) -> bool:
    """Tell whether `text` is one plain ASCII address, fit for a header and an SMTP command."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None
