"""What every page carries, errors and static files included.

A view that needs another policy sets its own header first; nothing here overwrites it.
"""

from flask import Flask, Response, request

from surveys.serving.headers import complete, headers_of_face

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'; object-src 'none'"
)
PAGES = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
}
STAFF_FACE = "staff"


def attach(app: Flask) -> None:
    """Add the headers to every answer."""
    settings = app.extensions["donut"].settings
    # Never no-referrer: with it Chromium posts `Origin: null`, and the guard would refuse people.
    of_staff = headers_of_face(settings, PAGES | {"Referrer-Policy": "same-origin"})
    of_others = headers_of_face(settings, PAGES | {"Referrer-Policy": "strict-origin"})

    @app.after_request
    def add_headers(response: Response) -> Response:
        complete(response, of_staff if request.blueprint == STAFF_FACE else of_others)
        return response
