"""What a mail to staff says, laid out as plain text and as HTML.

The layouts of `mail_templates/<language>/staff/<name>/` are code; what people typed reaches them
as finished values, which the HTML escapes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Staff, StaffMail
from surveys.delivery.house import House
from surveys.delivery.rendering import render_layout
from surveys.i18n import pick_text
from surveys.tokens import Keys


@dataclass(frozen=True, kw_only=True)
class StaffLetter:
    """One mail as its reader sees it; `html` has its styles at the elements."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, kw_only=True)
class Context:
    """What writers rest on besides the database: the house, its keys, its zone, the instant."""

    house: House
    keys: Keys
    zone: ZoneInfo
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Whom a mail is for; `name` may be empty, and they need not have an account."""

    name: str
    email: str
    language: str
    has_account: bool


def lay_out(
    name: str, *, reader: Reader, context: Context, values: Mapping[str, object]
) -> StaffLetter:
    """Return the letter that the layout `staff/<name>` makes of `values` in the reader's language.

    The layouts also know `reader`, `base_url`, `office`, `organisation` and `contact_address`.
    """
    house, language = context.house, reader.language
    known = {
        "language": language,
        "reader": reader,
        "base_url": house.base_url,
        "office": pick_text(house.office, language),
        "organisation": pick_text(house.organisation, language),
        "contact_address": house.contact.address,
        **values,
    }
    laid = render_layout(f"{language}/staff/{name}", known)
    return StaffLetter(subject=laid.subject, text=laid.text, html=laid.html)


def get_reader(session: Session, mail: StaffMail) -> Reader:
    """Return whom a mail is for: somebody with an account, or whoever has the address."""
    if mail.address is not None:
        known = session.scalar(
            select(Staff).where(Staff.email == mail.address, Staff.disabled_at.is_(None))
        )
        if known is None:
            language = mail.language or ""
            return Reader(name="", email=mail.address, language=language, has_account=False)
        return _of_staff(known)
    return _of_staff(get_member(session, mail))


def get_member(session: Session, mail: StaffMail) -> Staff:
    """Return the member of staff whom a mail is for. Raises NoResultFound for anybody else."""
    return session.get_one(Staff, mail.staff_id)


def _of_staff(person: Staff) -> Reader:
    return Reader(name=person.name, email=person.email, language=person.language, has_account=True)
