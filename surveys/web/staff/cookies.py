"""The sign-in's cookie is renewed by the pages of staff alone, not by every file of a page.

A cookie beside a file that proxies may keep for a year could be given to somebody else.
"""

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class StaffCookies(SecureCookieSessionInterface):
    """Sends the cookie with the answers of one blueprint only."""

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Tell whether this answer carries the cookie."""
        return request.blueprint == "staff" and super().should_set_cookie(app, session)
