"""Gzip for the pages that alumni open on a phone.

Only pages of the respondent face: they set no cookie and hold no secret beside the link that
the reader has already, so compression leaks nothing (BREACH needs a secret that the attacker
lacks beside text that he chooses). Staff pages carry a CSRF token and stay as they are.
"""

import gzip

from flask import Flask, Response, request

MINIMUM_BYTES = 1_000
FACE = "respondent"
LEVEL = 6


def attach(app: Flask) -> None:
    """Compress what leaves the respondent face for browsers that take it."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if request.blueprint != FACE or response.direct_passthrough:
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) < MINIMUM_BYTES or not request.accept_encodings.quality("gzip"):
        return response
    response.set_data(gzip.compress(body, LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response
