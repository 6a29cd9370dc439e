"""Who may open a page: said at every route, asked before its view runs.

A route that says nothing is shut. Knows roles and sign-ins, not what stands on the pages.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from models import Role

View = TypeVar("View", bound=Callable[..., Any])

MARK = "donut_access"
RANK = {Role.VIEWER: 0, Role.EDITOR: 1, Role.ADMIN: 2}
LOGIN_ENDPOINT = "staff.login"


@dataclass(frozen=True)
class Access:
    """What a route asks of whoever opens it: the lowest staff role, None for everybody."""

    role: Role | None


def public(view: View) -> View:
    """Open a route to everybody: personal links, notices, signing in, health, static files."""
    return _mark(view, Access(role=None))


def staff_only(role: Role) -> Callable[[View], View]:
    """Open a route to signed-in staff of `role` or above."""

    def declare(view: View) -> View:
        return _mark(view, Access(role=role))

    return declare


def find_access(view: Callable[..., Any]) -> Access | None:
    """Return what a view asks, or None when it says nothing."""
    access = view.__dict__.get(MARK)
    return access if isinstance(access, Access) else None


def enforce(app: Flask) -> None:
    """Ask before every view of `app`; an unknown address goes on to its 404."""

    @app.before_request
    def check_access() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        access = find_access(app.view_functions[request.endpoint])
        if access is None:
            abort(403)
        return _refuse_person(access.role) if access.role else None


def _mark(view: View, access: Access) -> View:
    view.__dict__[MARK] = access
    return view


def _refuse_person(role: Role) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        if request.method not in {"GET", "HEAD"}:
            abort(401)
        wanted = request.full_path.rstrip("?")
        return redirect(url_for(LOGIN_ENDPOINT, next=wanted if wanted != "/" else None))
    if RANK[current_user.role] < RANK[role]:
        abort(403)
    return None
