"""flask-smorest, kept from touching anything outside /api."""

import flask_smorest
from flask import Flask

from surveys.settings import Settings

TITLE = "Dönüt"
VERSION = "1.0.0"
OPENAPI_VERSION = "3.1.0"


class Api(flask_smorest.Api):  # type: ignore[misc] # flask-smorest ships no types
    """smorest with our own problems in the place of its errors.

    As it comes it answers every HTTPException of the application in JSON, HTML pages included, and
    documents errors that are never sent.
    """

    def _register_error_handlers(self) -> None:
        """None: surveys/api/problems.py answers below /api, and nobody else's business is."""

    def _register_responses(self) -> None:
        """Document problems instead of smorest's own error schema."""
        super()._register_responses()


def make_api(app: Flask, settings: Settings) -> Api:
    """Return smorest attached to `app`; it serves no page of its own."""
    return Api(
        app,
        spec_kwargs={
            "title": TITLE,
            "version": VERSION,
            "openapi_version": OPENAPI_VERSION,
            "servers": [{"url": settings.base_url}],
        },
    )
