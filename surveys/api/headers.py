"""What every answer below /api carries; the pages' own headers come after and add nothing to it."""

from flask import Flask, Response, g, request

from surveys.api.problems import FACE
from surveys.serving.headers import complete, headers_of_face

BELOW_API = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-cache",
    "Vary": "Authorization, Accept-Language",
}


def attach(app: Flask) -> None:
    """Add the headers to every answer of the API."""
    headers = headers_of_face(app.extensions["donut"].settings, BELOW_API)

    @app.after_request
    def add_headers(response: Response) -> Response:
        # The page of the documentation is a page: it has the headers of pages.
        if not request.path.startswith(FACE) or response.mimetype == "text/html":
            return response
        complete(response, headers)
        if "allowance" in g:
            response.headers.update(g.allowance.headers())
        return response
