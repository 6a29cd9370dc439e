"""Conditional requests: 304 for what the caller has already, If-Match before a change.

The tag is weakly compared in both directions, since proxies that compress weaken it on the way.
"""

from datetime import datetime

from flask import Response, request
from werkzeug.http import http_date

from surveys.api.notes import View, note
from surveys.api.refusals import IfMatchRequired, PreconditionFailed

DOC_ENTRY = "precondition"


def rests_on_state(view: View) -> View:
    """Say in the document that this change asks for `If-Match`; stands below `needs`.

    The view itself calls `require_match` once it knows the state.
    """
    return note(view, DOC_ENTRY, value=True)


def validators(etag: str, *, changed_at: datetime | None = None) -> dict[str, str]:
    """Return the headers by which a caller names this state later; `etag` without its quotes."""
    headers = {"ETag": f'"{etag}"'}
    if changed_at is not None:
        headers["Last-Modified"] = http_date(changed_at)
    return headers


def answer_unchanged(etag: str, *, changed_at: datetime | None = None) -> Response | None:
    """Return the 304 to end with when the caller has this state, or None; ask it before counting.

    Only `If-None-Match` counts: a time in whole seconds would hide the second of two changes.
    """
    if not request.if_none_match.contains_weak(etag):
        return None
    unchanged = Response(status=304, headers=validators(etag, changed_at=changed_at))
    del unchanged.headers["Content-Type"]
    return unchanged


def require_match(etag: str) -> None:
    """Refuse a change that doesn't rest on the state `etag`.

    Raises IfMatchRequired without `If-Match`, PreconditionFailed with that of another state.
    """
    if "If-Match" not in request.headers:
        raise IfMatchRequired
    if not request.if_match.contains_weak(etag):
        raise PreconditionFailed
