"""Requests whose text no database takes: refused once, at the edge, before any room sees it.

PostgreSQL stores neither NUL nor half of a surrogate pair, and no browser sends one.
"""

import re
from collections.abc import Iterable

from flask import Flask, Request, abort, request

UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class CleanRequest(Request):
    """A request whose form and file names are looked at when they are read."""

    def _load_form_data(self) -> None:
        super()._load_form_data()
        fields = [
            *self.form.items(multi=True),
            *((n, f.filename or "") for n, f in self.files.items(multi=True)),
        ]
        if _is_unstorable(text for field in fields for text in field):
            abort(400)


def attach(app: Flask) -> None:
    """Look at every request's address now, and at its form once a view reads it."""
    app.request_class = CleanRequest
    app.before_request(_check_address)


def _check_address() -> None:
    pairs = request.args.items(multi=True)
    if _is_unstorable([request.path, *(text for pair in pairs for text in pair)]):
        abort(400)


def _is_unstorable(texts: Iterable[str]) -> bool:
    return any(UNSTORABLE.search(text) for text in texts)
