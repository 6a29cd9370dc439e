"""What every answer below /api carries; the pages' own headers come after and overwrite nothing."""

from flask import Flask, Response, g, request

from surveys.api.problems import FACE

CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'"


def attach(app: Flask) -> None:
    """Add the headers to every answer of the API."""
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    # The page of the documentation is a page: it has the headers of pages.
    if not request.path.startswith(FACE) or response.mimetype == "text/html":
        return response
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cache-Control", "private, no-cache")
    headers.setdefault("Vary", "Authorization, Accept-Language")
    if "allowance" in g:
        headers.update(g.allowance.headers())
    return response
