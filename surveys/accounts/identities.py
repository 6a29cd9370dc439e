"""Whom the university's single sign-on means: an account is bound to (issuer, subject) once.

Never to an address: addresses pass to other people, and providers let some write their own.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Staff
from surveys.errors import N_, DonutError


class IdentityUnknown(DonutError):
    """No account is bound to who signed in there."""

    code = "identity_unknown"
    status = 403
    message = N_(
        "You are signed in at the university, but no Dönüt account is connected to you. Ask an"
        " administrator of Dönüt for a link (%(contact)s). Sign in with it, then press Connect in"
        " your account."
    )


class IdentityTaken(DonutError):
    """Somebody else's account is bound to it, or this account to somebody else."""

    code = "identity_taken"
    status = 409
    message = N_(
        "This university account is connected to another Dönüt account, or yours to another one."
        " An administrator can disconnect it."
    )


@dataclass(frozen=True)
class Identity:
    """A person as one provider names them."""

    issuer: str
    subject: str


def find_by_identity(session: Session, identity: Identity) -> Staff | None:
    """Return the account that is bound to `identity` and not disabled, or None."""
    staff = _find(session, identity)
    return staff if staff is not None and staff.disabled_at is None else None


def bind(session: Session, *, staff: Staff, identity: Identity) -> None:
    """Bind an account for good; a second time with the same is no fault. Raises IdentityTaken."""
    holder, bound = _find(session, identity), staff.oidc_subject is not None
    if (holder is not None or bound) and holder is not staff:
        raise IdentityTaken
    staff.oidc_issuer, staff.oidc_subject = identity.issuer, identity.subject


def _find(session: Session, identity: Identity) -> Staff | None:
    return session.scalar(
        select(Staff).where(
            Staff.oidc_issuer == identity.issuer, Staff.oidc_subject == identity.subject
        )
    )
