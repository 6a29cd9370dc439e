"""`/login/code`: the digits of the second factor, after a right password or link."""

import structlog
from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import Staff
from surveys.accounts.logins import SignedIn
from surveys.accounts.second_factor import CodeWrong, use_code
from surveys.extensions import toolbox, transaction
from surveys.web.access import public_form
from surveys.web.staff.account.entering import (
    CODE_PAGE,
    HalfIn,
    go_in,
    open_login,
    own_path,
    read_half_in,
)
from surveys.web.staff.account.throttling import count_code, forgive_codes
from surveys.web.words import gettext

log = structlog.get_logger(__name__)


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule(CODE_PAGE, view_func=show_code, methods=["GET"])
    blueprint.add_url_rule(CODE_PAGE, view_func=take_code, methods=["POST"])


@public_form
def show_code() -> ResponseReturnValue:
    """Ask for the digits that the app shows."""
    return _form() if read_half_in() else redirect("/login")


@public_form
def take_code() -> ResponseReturnValue:
    """Open the sign-in, or ask once more."""
    half_in = read_half_in()
    if half_in is None:
        return redirect("/login")
    count_code(half_in.staff_id)
    try:
        with transaction() as session:
            person = _finish(session, half_in)
    except CodeWrong as refusal:
        log.info("code_refused")
        return _form(fault=gettext(refusal.message)), refusal.status
    forgive_codes(half_in.staff_id)
    return go_in(person, target=own_path(request.args.get("next")))


def _finish(session: Session, half_in: HalfIn) -> SignedIn:
    tools, staff = toolbox(), session.get(Staff, half_in.staff_id)
    if staff is None or staff.disabled_at is not None:
        raise CodeWrong
    code, now = request.form.get("code", ""), tools.clock.now()
    use_code(session, staff=staff, code=code, keys=tools.keys, now=now)
    return open_login(session, staff=staff, method=half_in.method)


def _form(fault: str | None = None) -> str:
    return render_template("staff/account/code.html", fault=fault)
