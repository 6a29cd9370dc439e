"""A route says who may open it, and is asked before its view runs; one that says nothing is shut.

What is asked differs by face: a sign-in and a role on pages, a key and a scope in the API. Each
face brings its own kind of `Access`.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from flask import Flask, abort, request
from flask.typing import ResponseReturnValue

View = TypeVar("View", bound=Callable[..., Any])

MARK = "donut_access"


class Access(Protocol):
    """What a route asks of whoever opens it."""

    @property
    def takes_cookies(self) -> bool:
        """Whether a browser's cookies count, so that another site's page could abuse them."""

    def check(self) -> ResponseReturnValue | None:
        """Return an answer that ends the request, None to go on; raises what refuses it."""


def mark(view: View, access: Access) -> View:
    """Write on `view` what it asks; decorators that keep a view's attributes keep it."""
    view.__dict__[MARK] = access
    return view


def find_access(view: Callable[..., Any]) -> Access | None:
    """Return what a view asks, or None when it says nothing."""
    access: Access | None = view.__dict__.get(MARK)
    return access


def enforce(app: Flask) -> None:
    """Ask before every view of `app`; an unknown address goes on to its 404."""

    @app.before_request
    def check_access() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        access = find_access(app.view_functions[request.endpoint])
        if access is None:
            abort(403)
        return access.check()
