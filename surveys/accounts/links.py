"""One-time links for staff: mailed or shown once, looked at by GET, used by POST.

Mail scanners open links, so looking at one changes nothing. Only the hash of its secret is kept.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Staff, StaffLink, StaffLinkPurpose
from surveys.errors import N_, DonutError
from surveys.tokens import hash_secret, new_secret

LIFETIME = timedelta(hours=24)


class StaffLinkUnusable(DonutError):
    """Unknown, used or expired: the answer does not tell which."""

    code = "staff_link_unusable"
    status = 404
    message = N_(
        "This link can't be used any more: it works once, within 24 hours. Ask for a new one on the"
        " sign-in page, or ask an administrator."
    )


def make_link(session: Session, *, staff: Staff, purpose: StaffLinkPurpose, now: datetime) -> str:
    """Return the secret of a new link that opens once within 24 hours."""
    secret = new_secret()
    session.add(
        StaffLink(
            staff_id=staff.id,
            purpose=purpose,
            secret_hash=hash_secret(secret),
            created_at=now,
            expires_at=now + LIFETIME,
        )
    )
    session.flush()
    return secret


def get_link(session: Session, *, secret: str, now: datetime) -> StaffLink:
    """Return the link that `secret` opens at `now`. Raises StaffLinkUnusable."""
    link = session.scalar(
        select(StaffLink)
        .join(StaffLink.staff)
        .where(
            StaffLink.secret_hash == hash_secret(secret),
            StaffLink.used_at.is_(None),
            StaffLink.expires_at > now,
            Staff.disabled_at.is_(None),
        )
    )
    if link is None:
        raise StaffLinkUnusable
    return link


def use_link(session: Session, *, secret: str, now: datetime) -> StaffLink:
    """Return the link and mark it used; of two uses at once one is refused.

    Raises StaffLinkUnusable.
    """
    link = get_link(session, secret=secret, now=now)
    used = session.execute(
        update(StaffLink)
        .where(StaffLink.id == link.id, StaffLink.used_at.is_(None))
        .values(used_at=now)
        .returning(StaffLink.id)
    )
    if used.first() is None:
        raise StaffLinkUnusable
    return link


def end_links(session: Session, *, staff_id: int, now: datetime) -> None:
    """Make all of a person's unused links worthless: a new password leaves no other way in."""
    session.execute(
        update(StaffLink)
        .where(StaffLink.staff_id == staff_id, StaffLink.used_at.is_(None))
        .values(used_at=now)
    )
