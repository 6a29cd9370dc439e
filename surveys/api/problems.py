"""Every refusal and failure below /api as a problem document (RFC 9457).

Programs read `code`, which is stable; people read `detail`, in their language. Nothing tells of a
stack, a statement or a value.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import structlog
from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from limits.errors import StorageError
from sqlalchemy.exc import (
    DataError,
    IntegrityError,
    InternalError,
    OperationalError,
)
from sqlalchemy.exc import (
    TimeoutError as PoolTimeout,
)
from werkzeug.exceptions import HTTPException

from surveys.api.answers import PROBLEM_TYPE, json_answer
from surveys.api.refusals import Fault, NotAcceptable, Refusal
from surveys.api.words import say
from surveys.errors import N_, DonutError
from surveys.extensions import db
from surveys.reporting.sight import NotVisible
from surveys.serving.failures import answer_failures
from surveys.serving.requests import request_id

log = structlog.get_logger(__name__)

FACE = "/api/"
RETRY_AFTER_S = "60"
# Names of RFC 9110, which Python 3.11 doesn't know yet.
TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}
CODES = {
    400: "malformed_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "wrong_state",
    413: "payload_too_large",
    415: "unsupported_media_type",
    422: "validation_failed",
    429: "rate_limited",
    500: "internal",
    503: "unavailable",
}
# Codes beside those of CODES that callers' programs may be told; docs and the document list them.
MORE_CODES = frozenset(
    {
        "malformed_json",
        "invalid_signature",
        "scope_missing",
        "insecure_transport",
        "address_not_allowed",
        "idempotency_in_flight",
        "cursor_expired",
        "precondition_failed",
        "if_match_required",
        "idempotency_key_reused",
        "blocked_target",
        "imports_waiting",
    }
)
# What a status is called when a room refuses with a code of its own.
CODES_OF_ROOMS = {**CODES, 410: "cursor_expired", 412: "precondition_failed"}
DETAILS = {
    400: N_("The request can't be understood."),
    401: N_("The request carries no valid key."),
    403: N_("This isn't allowed."),
    404: NotVisible.message,
    405: N_("This address doesn't take this method; Allow names those that it takes."),
    406: NotAcceptable.message,
    409: N_("Somebody changed the same at this very moment. Read it again and repeat."),
    413: N_("The body is larger than what is taken at once."),
    415: N_("The body must be application/json."),
    422: N_("The request isn't valid."),
    429: N_("Too many requests. Wait a minute."),
    500: N_("Something went wrong on our side. Tell us the request id."),
    503: N_("The service can't answer just now. Try again in a minute."),
}


def attach(app: Flask) -> None:
    """Answer below /api for everything that can end a request early."""
    answer_failures(
        app,
        below=FACE,
        handlers={
            DonutError: _refused,
            HTTPException: _http_error,
            OverflowError: _out_of_range,
            DataError: _out_of_range,
            IntegrityError: _second_of_two,
            OperationalError: _database_down,
            InternalError: _database_down,
            StorageError: _database_down,
            PoolTimeout: _database_down,
        },
    )


def problem(
    status: int,
    *,
    code: str,
    detail: str,
    faults: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem document; `detail` is already in the caller's language."""
    document: dict[str, object] = {
        "type": "about:blank",
        "title": TITLES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "instance": request.path,
        "request_id": request_id(),
    }
    if faults:
        document["errors"] = [
            {"pointer": fault.pointer, "detail": say(fault.message)} for fault in faults
        ]
    sent = {"Cache-Control": "no-store", **(headers or {})}
    return json_answer(document, status, headers=sent, media_type=PROBLEM_TYPE)


def _refused(error: DonutError) -> Response:
    log.info("refused", code=error.code, rule=request.url_rule and request.url_rule.rule)
    db.session.rollback()
    ours = error if isinstance(error, Refusal) else None
    return problem(
        error.status,
        code=_public_code(error),
        detail=say(error.message, **error.params),
        faults=ours.faults if ours else (),
        headers=ours.headers if ours else None,
    )


def _public_code(error: DonutError) -> str:
    """Rooms have finer codes than the contract, which promises a few that don't change."""
    if error.code in MORE_CODES or error.code in CODES.values():
        return error.code
    return CODES_OF_ROOMS.get(error.status, error.code)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code
    if error.response is not None or status is None or status < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    kept = [
        pair for pair in error.get_headers() if pair[0] not in {"Content-Type", "Content-Length"}
    ]
    return _plain_problem(status, headers=dict(kept))


def _out_of_range(_error: Exception) -> Response:
    """Answer a value that no column holds and that no schema caught."""
    return _plain_problem(HTTPStatus.UNPROCESSABLE_ENTITY)


def _second_of_two(error: IntegrityError) -> Response:
    """Answer the second of two who made the same at one moment; the database let one through."""
    log.warning("conflict", kind=type(error).__name__, request_id=request_id())
    return _plain_problem(HTTPStatus.CONFLICT)


def _database_down(error: Exception) -> Response:
    log.error("database_unavailable", kind=type(error).__name__, request_id=request_id())
    return _plain_problem(HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": RETRY_AFTER_S})


def _plain_problem(status: int, *, headers: Mapping[str, str] | None = None) -> Response:
    """Return the problem of a status alone, after leaving whatever the session was at."""
    db.session.rollback()
    known = status if status in CODES else _kin(status)
    return problem(status, code=CODES[known], detail=say(DETAILS[known]), headers=headers)


def _kin(status: int) -> int:
    is_ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return int(HTTPStatus.INTERNAL_SERVER_ERROR if is_ours else HTTPStatus.BAD_REQUEST)
