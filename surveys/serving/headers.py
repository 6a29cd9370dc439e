"""The headers of an answer: what all carry, and what each face adds of its own.

Source: OWASP ASVS 5.0, 3.4.1 to 3.4.6.
"""

from collections.abc import Mapping

from flask import Response

from surveys.settings import Settings

MARK = "X-Content-Type-Options"
EVERYWHERE = {
    MARK: "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
HSTS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def headers_of_face(settings: Settings, own: Mapping[str, str]) -> Mapping[str, str]:
    """Return the headers of a face's answers: its own, and those of every answer."""
    return {**EVERYWHERE, **(HSTS if settings.is_https else {}), **own}


def complete(response: Response, headers: Mapping[str, str]) -> None:
    """Add those of `headers` that the view has not set; nothing to what a face has completed."""
    if MARK in response.headers:
        return
    present = {name.lower() for name, _value in response.headers}
    response.headers.extend(
        [(name, value) for name, value in headers.items() if name.lower() not in present]
    )
