"""No cookie counts below /api: neither read nor set, and the answers don't vary by it."""

from flask import Flask, Request, Response
from flask.sessions import (
    SecureCookieSession,
    SecureCookieSessionInterface,
    SessionMixin,
)

from surveys.api.problems import FACE


class NoSession(SecureCookieSession):
    """The empty session of another system's request."""


class NoCookiesBelowApi(SecureCookieSessionInterface):
    """The sessions that stand already for pages, an empty one below /api that nobody keeps.

    Flask-Login looks into the session after every request, which alone makes an answer vary.
    """

    def __init__(self, pages: SecureCookieSessionInterface) -> None:
        self._pages = pages

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of the cookie, below /api an empty one."""
        if request.path.startswith(FACE):
            return NoSession()
        return self._pages.open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie, below /api none."""
        if not isinstance(session, NoSession):
            self._pages.save_session(app, session, response)


def attach(app: Flask) -> None:
    """Leave cookies out of the API; pages keep theirs."""
    pages = app.session_interface
    assert isinstance(pages, SecureCookieSessionInterface)  # noqa: S101 - for the type checker
    app.session_interface = NoCookiesBelowApi(pages)
