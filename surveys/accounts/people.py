"""Who works here: staff accounts, found by address, added from the command line."""

from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Role, Staff
from surveys.errors import N_, DonutError


class AddressMalformed(DonutError):
    """What was typed is no e-mail address."""

    code = "address_malformed"
    message = N_("%(email)s is no e-mail address. Write it like ayse@example.edu.tr.")


class StaffExists(DonutError):
    """Somebody has this address already."""

    code = "staff_exists"
    status = 409
    message = N_("%(email)s has an account already. For a new link: flask staff link %(email)s")


class StaffUnknown(DonutError):
    """Nobody has this address."""

    code = "staff_unknown"
    status = 404
    message = N_("There is no account for %(email)s. Add one: flask staff add %(email)s")


def add_staff(session: Session, *, email: str, role: Role, language: str, now: datetime) -> Staff:
    """Add an account without a password. Raises AddressMalformed, StaffExists."""
    address = _normalise(email)
    if find_staff(session, email=address) is not None:
        raise StaffExists(email=address)
    staff = Staff(email=address, role=role, language=language, created_at=now)
    session.add(staff)
    session.flush()
    return staff


def get_staff(session: Session, *, email: str) -> Staff:
    """Return the account of an address. Raises StaffUnknown."""
    staff = find_staff(session, email=email)
    if staff is None:
        raise StaffUnknown(email=email)
    return staff


def find_staff(session: Session, *, email: str) -> Staff | None:
    """Return the account of an address as somebody typed it, or None."""
    return session.scalar(select(Staff).where(Staff.email == email.strip().lower()))


def _normalise(email: str) -> str:
    try:
        checked = validate_email(email.strip(), check_deliverability=False)
    except EmailNotValidError:
        raise AddressMalformed(email=email) from None
    return checked.normalized.lower()
