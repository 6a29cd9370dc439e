"""The browser's side of a sign-in: what its cookie holds, and where it goes afterwards.

Between a right password and the code of the second factor the cookie holds who is half in, for
five minutes; afterwards nothing but the id of the sign-in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from flask import redirect, request
from flask import session as cookie
from flask_login import current_user, login_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from models import LoginMethod, Staff
from surveys.accounts import second_factor
from surveys.accounts.logins import SignedIn, begin_login
from surveys.audit import record
from surveys.extensions import toolbox
from surveys.web.staff.account.browsers import name_browser

FIRST_PRINTABLE = " "
HALF_IN = "half_in"
HALF_IN_FOR = timedelta(minutes=5)
CODE_PAGE = "/login/code"


@dataclass(frozen=True)
class HalfIn:
    """Who gave a right password or link and owes the code of the second factor."""

    staff_id: int
    method: LoginMethod


def admit(session: Session, *, staff: Staff, method: LoginMethod) -> SignedIn | HalfIn:
    """Open a sign-in, or say that the second factor is owed.

    A single sign-on asks for its own second factor.
    """
    if second_factor.is_on(staff) and method is not LoginMethod.OIDC:
        return HalfIn(staff.id, method)
    return open_login(session, staff=staff, method=method)


def open_login(session: Session, *, staff: Staff, method: LoginMethod) -> SignedIn:
    """Open a sign-in of this browser and write it down."""
    now, browser = toolbox().clock.now(), name_browser(request.user_agent.string)
    note(session, action="staff.sign_in", staff_id=staff.id, method=method.value)
    return begin_login(session, staff=staff, method=method, browser=browser, now=now)


def go_in(step: SignedIn | HalfIn, *, target: str) -> Response:
    """Give the browser its cookie and send it on: to `target`, or to the page for the code."""
    if isinstance(step, SignedIn):
        enter(step)
        return redirect(target)
    cookie.clear()
    until = toolbox().clock.now() + HALF_IN_FOR
    cookie[HALF_IN] = [step.staff_id, step.method.value, until.isoformat()]
    cookie.permanent = True
    return redirect(f"{CODE_PAGE}?{urlencode({'next': target})}")


def read_half_in() -> HalfIn | None:
    """Return who owes a code in this browser, or None when nobody does any more."""
    staff_id, method, until = cookie.get(HALF_IN, (0, LoginMethod.PASSWORD, ""))
    if not until or datetime.fromisoformat(until) <= toolbox().clock.now():
        return None
    return HalfIn(staff_id, LoginMethod(method))


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


def note(session: Session, *, action: str, staff_id: int, **details: object) -> None:
    """Add to the audit trail what somebody did with their own account."""
    person, now = f"staff:{staff_id}", toolbox().clock.now()
    record(session, actor=person, action=action, subject=person, now=now, **details)


def own_path(target: str | None) -> str:
    """Return `target` when it is a path of ours, else the overview's."""
    if target is None or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return "/"
    return target if all(c >= FIRST_PRINTABLE and c not in "\\\x7f" for c in target) else "/"
