"""One line a request: which rule, how it ended, how long it took.

Never a path, query, referrer, user agent or address: a path can be a personal link, and
`/%73/<token>` slips through every pattern.
"""

import structlog
from flask import Flask, Response, g, request

from surveys.extensions import toolbox
from surveys.serving.requests import caller_name, request_id

log = structlog.get_logger(__name__)


def attach(app: Flask) -> None:
    """Log every answer, and failures without the path that Flask would write."""
    app.before_request(_start)
    app.after_request(_finish)

    def log_failure(exc_info: object) -> None:
        log.error("request_failed", rule=_rule(), request_id=request_id(), exc_info=exc_info)

    app.log_exception = log_failure  # type: ignore[method-assign] # Flask's own writes the path


def _start() -> None:
    g.started = toolbox().clock.monotonic()


def _finish(response: Response) -> Response:
    now, name = toolbox().clock.monotonic(), request_id()
    response.headers["X-Request-ID"] = name
    log.info(
        "request",
        method=request.method,
        rule=_rule(),
        status=response.status_code,
        duration_ms=round((now - g.get("started", now)) * 1000),
        request_id=name,
        **({"key": caller} if (caller := caller_name()) else {}),
    )
    return response


def _rule() -> str | None:
    return request.url_rule.rule if request.url_rule else None
