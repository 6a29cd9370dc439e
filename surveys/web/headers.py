"""What every answer carries, errors and static files included.

A view that needs another policy sets its own header first; nothing here overwrites it.
Source: OWASP ASVS 5.0, 3.4.1 to 3.4.6.
"""

from flask import Flask, Response, request

from surveys.extensions import toolbox
from surveys.serving.headers import add_missing

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'; object-src 'none'"
)
EVERYWHERE = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
}
HSTS = "max-age=31536000; includeSubDomains"
STAFF_FACE = "staff"


def attach(app: Flask) -> None:
    """Add the headers to every answer."""
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    # Never no-referrer: with it Chromium posts `Origin: null`, and the guard would refuse people.
    is_staff = request.blueprint == STAFF_FACE
    ours = EVERYWHERE | {"Referrer-Policy": "same-origin" if is_staff else "strict-origin"}
    if toolbox().settings.is_https:
        ours["Strict-Transport-Security"] = HSTS
    add_missing(response, ours)
    return response
