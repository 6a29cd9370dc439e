"""The browser's side of a sign-in: what its cookie holds, and where it goes afterwards."""

from flask import session as cookie
from flask_login import current_user, login_user
from sqlalchemy.orm import Session

from surveys.accounts.logins import SignedIn
from surveys.audit import record
from surveys.extensions import toolbox

FIRST_PRINTABLE = " "


def enter(person: SignedIn) -> None:
    """Give the browser a fresh cookie that holds nothing but the id of this sign-in.

    Idle for half an hour, it is worth nothing; each request renews it.
    """
    cookie.clear()
    login_user(person)
    cookie.pop("_id")
    cookie.pop("_fresh")
    cookie.permanent = True


def leave() -> None:
    """Empty the browser's cookie."""
    cookie.clear()


def get_signed_in() -> SignedIn:
    """Return who is signed in; only for pages that nobody else reaches."""
    person = current_user._get_current_object()  # noqa: SLF001 - Werkzeug's way to the real object
    assert isinstance(person, SignedIn)  # noqa: S101 - for the type checker: the route asked for it
    return person


def note(session: Session, *, action: str, staff_id: int) -> None:
    """Add to the audit trail what somebody did with their own account."""
    person, now = f"staff:{staff_id}", toolbox().clock.now()
    record(session, actor=person, action=action, subject=person, now=now)


def own_path(target: str | None) -> str:
    """Return `target` when it is a path of ours, else the overview's."""
    if target is None or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return "/"
    return target if all(c >= FIRST_PRINTABLE and c not in "\\\x7f" for c in target) else "/"
