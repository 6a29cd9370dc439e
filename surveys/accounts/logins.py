"""Sign-ins as rows: the cookie holds a random id, the row makes it worth something.

Deleting the row ends the sign-in at once, whatever the cookie says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models import LoginMethod, Role, Staff, StaffLogin
from surveys.tokens import hash_secret, new_secret

ABSOLUTE_LIFETIME = timedelta(hours=12)
RECENT = timedelta(minutes=10)


@dataclass(frozen=True)
class SignedIn:
    """The person behind a request, as Flask-Login wants to ask them.

    `confirmed_at`: when they last proved who they are, by signing in or once more since.
    """

    login_id: str
    row_id: int
    staff_id: int
    email: str
    name: str
    role: Role
    language: str
    confirmed_at: datetime

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return what the cookie holds: the id of one sign-in, not of the person."""
        return self.login_id

    def is_recent(self, now: datetime) -> bool:
        """Tell whether they proved who they are within the last ten minutes."""
        return now - self.confirmed_at <= RECENT


def begin_login(
    session: Session, *, staff: Staff, method: LoginMethod, browser: str, now: datetime
) -> SignedIn:
    """Open a sign-in for 12 hours at most; clears away the person's expired ones."""
    session.execute(
        delete(StaffLogin).where(StaffLogin.staff_id == staff.id, StaffLogin.expires_at <= now)
    )
    login_id = new_secret()
    row = StaffLogin(
        staff_id=staff.id,
        id_hash=hash_secret(login_id),
        method=method,
        browser=browser,
        created_at=now,
        confirmed_at=now,
        expires_at=now + ABSOLUTE_LIFETIME,
    )
    session.add(row)
    session.flush()
    return _signed_in(login_id, row, staff)


def confirm_login(session: Session, *, row_id: int, now: datetime) -> None:
    """Note that the person of a sign-in has just proved again who they are."""
    session.execute(update(StaffLogin).where(StaffLogin.id == row_id).values(confirmed_at=now))


def find_login(session: Session, *, login_id: str, now: datetime) -> SignedIn | None:
    """Return who is signed in under the id of a cookie, or None when that has ended."""
    found = session.execute(
        select(StaffLogin, Staff)
        .join(StaffLogin.staff)
        .where(
            StaffLogin.id_hash == hash_secret(login_id),
            StaffLogin.expires_at > now,
            Staff.disabled_at.is_(None),
        )
    ).one_or_none()
    return _signed_in(login_id, found[0], found[1]) if found else None


def list_logins(session: Session, *, staff_id: int, now: datetime) -> Sequence[StaffLogin]:
    """Return a person's open sign-ins, the newest first."""
    return session.scalars(
        select(StaffLogin)
        .where(StaffLogin.staff_id == staff_id, StaffLogin.expires_at > now)
        .order_by(StaffLogin.created_at.desc(), StaffLogin.id.desc())
    ).all()


def end_login(session: Session, *, staff_id: int, row_id: int) -> None:
    """End one of a person's own sign-ins; nothing happens to anybody else's."""
    session.execute(
        delete(StaffLogin).where(StaffLogin.id == row_id, StaffLogin.staff_id == staff_id)
    )


def end_logins(session: Session, *, staff_id: int, keep_id: int | None = None) -> None:
    """End all of a person's sign-ins, but for the row `keep_id`."""
    rows = StaffLogin.id != keep_id if keep_id is not None else StaffLogin.id.is_not(None)
    session.execute(delete(StaffLogin).where(StaffLogin.staff_id == staff_id, rows))


def _signed_in(login_id: str, row: StaffLogin, staff: Staff) -> SignedIn:
    return SignedIn(
        login_id=login_id,
        row_id=row.id,
        staff_id=staff.id,
        email=staff.email,
        name=staff.name,
        role=Role(staff.role),
        language=staff.language,
        confirmed_at=row.confirmed_at or row.created_at,
    )
