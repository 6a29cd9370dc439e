"""Refusals and failures as plain pages, in the reader's words; never a stack, path or token."""

from http import HTTPStatus

import structlog
from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from limits.errors import StorageError
from sqlalchemy.exc import DataError, IntegrityError, InternalError, OperationalError
from werkzeug.exceptions import HTTPException

from surveys.errors import N_, DonutError
from surveys.extensions import db
from surveys.serving.failures import answer_failures
from surveys.serving.requests import request_id
from surveys.web.words import gettext, use_language

log = structlog.get_logger(__name__)

TITLES = {
    400: N_("This request can't be understood"),
    401: N_("Please sign in"),
    403: N_("This isn't allowed"),
    404: N_("This page doesn't exist"),
    405: N_("This can't be done here"),
    413: N_("That is too much at once"),
    429: N_("Too many requests"),
    500: N_("Something went wrong on our side"),
    503: N_("The service can't answer just now"),
}
ADVICE = {
    400: N_("Go back, reload the page and try again."),
    401: N_("Sign in and try again."),
    403: N_("Go back and try again from the page itself."),
    404: N_("Check the address, or use the link in the e-mail that we sent you."),
    405: N_("Go back and use the buttons on the page."),
    413: N_("Shorten your text and send it again. What was saved before is still there."),
    429: N_("Wait a minute and try again."),
    500: N_("What you saved before is still there. Please try again in a few minutes."),
    503: N_("What you saved before is still there. Please try again in a few minutes."),
}
STAFF_ADVICE = {404: N_("Check the address, or go on from one of the pages above.")}
RESPONDENT = "respondent"
AT_ONCE = N_(
    "Somebody did the same at this very moment, so yours was not saved. Open the page again, look"
    " at what is there now, and repeat what is still missing."
)
LARGE_FILE = N_("The file is larger than what is taken at once. Split it into several files.")
FILE_FORM = "multipart/form-data"
RETRY_AFTER_S = "60"


def attach(app: Flask) -> None:
    """Register the pages for everything that can end a request early."""
    answer_failures(
        app,
        below="",
        handlers={
            DonutError: _refused,
            HTTPException: _http_error,
            OverflowError: _out_of_range,
            DataError: _out_of_range,
            IntegrityError: _second_of_two,
            OperationalError: _database_down,
            InternalError: _database_down,
            StorageError: _database_down,
        },
    )


def error_page(status: int, *, message: str | None = None) -> tuple[str, int]:
    """Return a plain page for `status`; `message` (already translated) replaces the advice.

    Whoever is signed in keeps the way to the other pages.
    """
    known = status if status in TITLES else _kin(status)
    is_staff = not _is_ours(status) and _is_of_staff()
    if is_staff:
        use_language(current_user.language)
    advice = STAFF_ADVICE.get(known, ADVICE[known]) if is_staff else ADVICE[known]
    page = render_template(
        "errors/staff.html" if is_staff else "errors/error.html",
        title=gettext(TITLES[known]),
        advice=message or gettext(advice),
        me=current_user if is_staff else None,
        said=None,
        offers_sign_in=not is_staff and request.path.startswith("/login/"),
        request_id=request_id() if _is_ours(status) else None,
    )
    return page, status


def _is_of_staff() -> bool:
    """Tell whether the reader is signed in, without asking on pages that alumni open."""
    return request.blueprint != RESPONDENT and bool(current_user.is_authenticated)


def _is_ours(status: int) -> bool:
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _kin(status: int) -> int:
    return HTTPStatus.INTERNAL_SERVER_ERROR if _is_ours(status) else HTTPStatus.BAD_REQUEST


def _refused(error: DonutError) -> ResponseReturnValue:
    log.info("refused", code=error.code, rule=request.url_rule and request.url_rule.rule)
    return error_page(error.status, message=gettext(error.message, **error.params))


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code
    if error.response is not None or status is None or status < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    db.session.rollback()
    is_file = status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and request.mimetype == FILE_FORM
    page, status = error_page(status, message=gettext(LARGE_FILE) if is_file else None)
    headers = [(name, value) for name, value in error.get_headers() if name != "Content-Type"]
    return page, status, headers


def _out_of_range(_error: Exception) -> ResponseReturnValue:
    """Answer a number that no column holds; forms of ours never send one."""
    db.session.rollback()
    return error_page(400)


def _second_of_two(error: IntegrityError) -> ResponseReturnValue:
    """Answer the second of two who made the same at one moment; the database let one through."""
    db.session.rollback()
    log.warning("conflict", kind=type(error).__name__, request_id=request_id())
    return error_page(HTTPStatus.CONFLICT, message=gettext(AT_ONCE))


def _database_down(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    log.error("database_unavailable", kind=type(error).__name__, request_id=request_id())
    page, status = error_page(503)
    return page, status, {"Retry-After": RETRY_AFTER_S}
