"""Who may open a page: said at every route, asked before its view runs.

Knows roles and sign-ins, not what stands on the pages.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from models import Role
from surveys.errors import N_, DonutError
from surveys.extensions import csrf, toolbox
from surveys.serving import access as serving
from surveys.serving.access import View

RANK = {Role.VIEWER: 0, Role.EDITOR: 1, Role.ADMIN: 2}
LOGIN_ENDPOINT = "staff.login"
CONFIRM_PAGE = "/login/confirm"


class RoleTooLow(DonutError):
    """Somebody signed in asked for what their role doesn't let them see or do."""

    code = "role_too_low"
    status = 403
    message = N_(
        "Your role doesn't let you do this. If your work needs it, ask an administrator of Dönüt to"
        " change your role."
    )


@dataclass(frozen=True)
class Access:
    """What a route asks of whoever opens it.

    `role` is the lowest staff role, None for everybody. `needs_token` says that its unsafe
    methods carry the CSRF token of the session, `is_recent` that the person proved within the last
    ten minutes who they are. `largest_body` in bytes is more than other routes take.
    """

    role: Role | None
    needs_token: bool
    is_recent: bool = False
    largest_body: int | None = None
    takes_cookies = True

    def check(self) -> ResponseReturnValue | None:
        """Ask for the sign-in, the role, the password and the token that the page wants."""
        refusal = _refuse_person(self.role) if self.role else None
        if refusal is None and self.is_recent:
            refusal = _ask_again()
        if refusal is None and self.largest_body:
            request.max_content_length = self.largest_body
        if refusal is None and self.needs_token:
            csrf.protect()
        return refusal


def public(view: View) -> View:
    """Open a route to everybody, without a cookie: personal links, notices, health, files."""
    return serving.mark(view, Access(role=None, needs_token=False))


def public_form(view: View) -> View:
    """Open a route to everybody, but take its forms only with the CSRF token of the session."""
    return serving.mark(view, Access(role=None, needs_token=True))


def staff_only(
    role: Role, *, recent: bool = False, largest_body: int | None = None
) -> Callable[[View], View]:
    """Open a route to signed-in staff of `role` or above; its forms carry the CSRF token.

    `recent` asks those for their password again who gave it more than ten minutes ago.
    """

    def declare(view: View) -> View:
        access = Access(role, needs_token=True, is_recent=recent, largest_body=largest_body)
        return serving.mark(view, access)

    return declare


def find_access(view: Callable[..., Any]) -> Access | None:
    """Return what a page's view asks, or None for one of another face or that says nothing."""
    access = serving.find_access(view)
    return access if isinstance(access, Access) else None


def _refuse_person(role: Role) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        if request.method not in {"GET", "HEAD"}:
            abort(401)
        wanted = request.full_path.rstrip("?")
        return redirect(url_for(LOGIN_ENDPOINT, next=wanted if wanted != "/" else None))
    if RANK[current_user.role] < RANK[role]:
        raise RoleTooLow
    return None


def _ask_again() -> ResponseReturnValue | None:
    """Send to the page that asks for the password, and from there back to the page that was open.

    A form is not carried along: what it asked for has to be pressed again.
    """
    if current_user.is_recent(toolbox().clock.now()):
        return None
    is_looking = request.method in {"GET", "HEAD"}
    page = request.full_path.rstrip("?") if is_looking else urlsplit(request.referrer or "/").path
    return redirect(f"{CONFIRM_PAGE}?{urlencode({'next': page})}", 303)
