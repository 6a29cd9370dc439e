"""What admins do with accounts: roles, shutting out and letting in again, resetting.

The last admin stays one: every change that could take an admin away first locks the rows of all
admins, so that of two at once the second sees what the first left.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Role, Staff
from surveys.accounts.logins import end_logins
from surveys.accounts.people import check_name
from surveys.accounts.second_factor import remove
from surveys.errors import N_, DonutError
from surveys.i18n import LANGUAGES


class LastAdmin(DonutError):
    """Without this person nobody could manage accounts."""

    code = "last_admin"
    status = 409
    message = N_(
        "This is the only administrator. Make somebody else an administrator first, then try again."
    )


def set_details(session: Session, *, staff: Staff, name: str, role: Role, language: str) -> None:
    """Keep an account's name, role and language. Raises LastAdmin, NameTooLong."""
    name = check_name(name)
    if role is not Role.ADMIN:
        _keep_an_admin(session, without=staff)
    staff.name, staff.role = name, role
    if language in LANGUAGES:
        staff.language = language


def disable(session: Session, *, staff: Staff, now: datetime) -> None:
    """Shut a person out: sign-ins end at once, links and passwords open nothing.

    Raises LastAdmin.
    """
    _keep_an_admin(session, without=staff)
    staff.disabled_at = staff.disabled_at or now
    end_logins(session, staff_id=staff.id)


def enable(staff: Staff) -> None:
    """Let a person in again, with the password and second factor of before."""
    staff.disabled_at = None


def reset_second_factor(session: Session, *, staff: Staff) -> None:
    """Forget a person's second factor, for a lost phone; their sign-ins end at once."""
    remove(staff)
    end_logins(session, staff_id=staff.id)


def forget_identity(session: Session, *, staff: Staff) -> None:
    """Part an account from the single sign-on; what was opened through it ends at once."""
    staff.oidc_issuer = staff.oidc_subject = None
    end_logins(session, staff_id=staff.id)


def _keep_an_admin(session: Session, *, without: Staff) -> None:
    admin_ids = _lock_admins(session)
    if list(admin_ids) == [without.id]:
        raise LastAdmin


def _lock_admins(session: Session) -> Sequence[int]:
    return session.scalars(
        select(Staff.id)
        .where(Staff.role == Role.ADMIN, Staff.disabled_at.is_(None))
        .order_by(Staff.id)
        .with_for_update()
    ).all()
