"""Which requests are let in: known hosts, no TRACE, and unsafe methods from our own pages only.

A one-click unsubscribe (RFC 8058) comes without Origin and passes: pages behind a personal link
have no cookie, so there is no ambient authority to abuse. Which pages need the CSRF token as well
is said at their routes (`access`).
"""

from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.exceptions import MethodNotAllowed

from surveys.errors import N_, DonutError
from surveys.extensions import toolbox
from surveys.serving.access import find_access

UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
TRACING_METHODS = frozenset({"TRACE", "TRACK"})
OWN_SITES = frozenset({"same-origin", "none"})


class ForeignForm(DonutError):
    """An unsafe request that a page of another site caused."""

    code = "foreign_form"
    status = 403
    message = N_("This form was sent from another site. Open the page itself and try again.")


def attach(app: Flask) -> None:
    """Check every request before its view runs."""
    # A loopback Host can't be forced upon somebody's browser; local health checks need it.
    own_host = urlsplit(app.extensions["donut"].settings.base_url).hostname
    app.config["TRUSTED_HOSTS"] = [own_host, "localhost", "127.0.0.1", "[::1]"]
    # The origin is checked here; Flask-WTF's own referrer check would refuse strict browsers.
    app.config["WTF_CSRF_SSL_STRICT"] = False

    @app.before_request
    def check() -> None:
        if request.method in TRACING_METHODS:
            # The routing's own refusal knows which methods the address takes.
            raise request.routing_exception or MethodNotAllowed()
        if request.endpoint is None or request.method not in UNSAFE_METHODS:
            return
        # Where no cookie counts, a page of another site has nothing of its reader's to abuse.
        access = find_access(app.view_functions[request.endpoint])
        if (access is None or access.takes_cookies) and not _comes_from_us():
            raise ForeignForm


def _comes_from_us() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in OWN_SITES
    origin = request.headers.get("Origin")
    return origin is None or origin == toolbox().settings.base_url
