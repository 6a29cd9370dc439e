"""Who works here: staff accounts, found by address or number, added, named."""

from collections.abc import Sequence
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Role, Staff
from surveys.delivery.addresses import LONGEST_NAME, clean_name
from surveys.errors import N_, DonutError
from surveys.i18n import LANGUAGES, tr_key


class AddressMalformed(DonutError):
    """What was typed is no e-mail address."""

    code = "address_malformed"
    message = N_("%(email)s is no e-mail address. Write it like ayse@example.edu.tr.")


class StaffExists(DonutError):
    """Somebody has this address already."""

    code = "staff_exists"
    status = 409
    message = N_("%(email)s has an account already. Send that person a new link instead.")


class StaffUnknown(DonutError):
    """Nobody has this address."""

    code = "staff_unknown"
    status = 404
    message = N_("There is no account for %(email)s. Add one first.")


class StaffNotFound(DonutError):
    """Nobody has this number."""

    code = "staff_not_found"
    status = 404
    message = N_("This account doesn't exist.")


class NameTooLong(DonutError):
    """A name that no header of a mail would hold."""

    code = "name_too_long"
    message = N_("Use at most %(longest)s characters for the name.")


def add_staff(
    session: Session, *, email: str, role: Role, language: str, now: datetime, name: str = ""
) -> Staff:
    """Add an account without a password. Raises AddressMalformed, StaffExists, NameTooLong."""
    address = _normalise(email)
    if find_staff(session, email=address) is not None:
        raise StaffExists(email=address)
    staff = Staff(
        email=address, name=check_name(name), role=role, language=language, created_at=now
    )
    session.add(staff)
    session.flush()
    return staff


def get_staff(session: Session, *, email: str) -> Staff:
    """Return the account of an address. Raises StaffUnknown."""
    staff = find_staff(session, email=email)
    if staff is None:
        raise StaffUnknown(email=email)
    return staff


def get_person(session: Session, *, staff_id: int) -> Staff:
    """Return the account of a number. Raises StaffNotFound."""
    staff = session.get(Staff, staff_id)
    if staff is None:
        raise StaffNotFound
    return staff


def find_staff(session: Session, *, email: str) -> Staff | None:
    """Return the account of an address as somebody typed it, or None."""
    return session.scalar(select(Staff).where(Staff.email == _fold(email)))


def list_staff(session: Session) -> Sequence[Staff]:
    """Return all accounts in the order of names; disabled ones come last."""
    return sorted(
        session.scalars(select(Staff)),
        key=lambda one: (one.disabled_at is not None, tr_key(one.name or one.email), one.id),
    )


def set_own_details(staff: Staff, *, name: str, language: str, wants_digest: bool) -> None:
    """Keep what people say of themselves; an unknown language is passed over.

    Raises NameTooLong.
    """
    staff.name = check_name(name)
    staff.wants_digest = wants_digest
    if language in LANGUAGES:
        staff.language = language


def check_name(name: str) -> str:
    """Return a typed name as it is kept: one line. Raises NameTooLong."""
    line = " ".join(name.split())
    if len(line) > LONGEST_NAME:
        raise NameTooLong(longest=LONGEST_NAME)
    return clean_name(line)


def _normalise(email: str) -> str:
    try:
        checked = validate_email(_fold(email), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise AddressMalformed(email=email) from None
    return checked.normalized.lower()


def _fold(email: str) -> str:
    """Return an address as typed in lower case; a Turkish keyboard makes İ of a capital i."""
    return email.strip().replace("İ", "i").lower()
