"""What names a request in the log, in its answer and in what people tell us about it."""

from flask import g, request

from surveys.tokens import new_id

PREFIX = "req_"


def request_id() -> str:
    """Return this request's id, which stands in the log and on the page of a failure."""
    if "request_id" not in g:
        g.request_id = PREFIX + new_id()
    return str(g.request_id)


def remote_address() -> str:
    """Return the address that this request came from."""
    return request.remote_addr or "127.0.0.1"


def note_caller(name: str) -> None:
    """Let the request's log line say which key asked: its public name, never a secret."""
    g.caller_name = name


def caller_name() -> str | None:
    """Return which key asked, or None where none did."""
    name = g.get("caller_name")
    return str(name) if name else None
