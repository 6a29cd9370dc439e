"""`/login` with address and password, `/logout`.

A wrong address, a wrong password and a disabled account get one answer in one time. After five
wrong tries from one place for one account, the next within five minutes are not even looked at.
"""

from http import HTTPStatus

import structlog
from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from models import LoginMethod, Role, Staff
from surveys.accounts.logins import SignedIn, end_login
from surveys.accounts.passwords import hash_password, is_right, needs_rehash
from surveys.accounts.people import find_staff
from surveys.errors import N_, DonutError
from surveys.extensions import reader, toolbox, transaction
from surveys.web.access import public_form, staff_only
from surveys.web.staff.account.entering import (
    HalfIn,
    admit,
    get_signed_in,
    go_in,
    leave,
    note,
    own_path,
)
from surveys.web.staff.account.throttling import count_password, forgive_password

log = structlog.get_logger(__name__)


class PasswordsNotTaken(DonutError):
    """Everybody signs in through the single sign-on here."""

    code = "passwords_not_taken"
    status = 404
    message = N_("Passwords are not used here. Sign in with your university account.")


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    blueprint.add_url_rule("/login", endpoint="login", view_func=show_login, methods=["GET"])
    blueprint.add_url_rule("/login", view_func=sign_in, methods=["POST"])
    blueprint.add_url_rule("/logout", view_func=sign_out, methods=["POST"])


@public_form
def show_login() -> ResponseReturnValue:
    """Ask for address and password, or for the single sign-on."""
    if current_user.is_authenticated:
        return redirect(own_path(request.args.get("next")))
    return _form(is_wrong=False)


@public_form
def sign_in() -> ResponseReturnValue:
    """Open a sign-in, ask for the code, or answer that something of it was wrong."""
    require_local_sign_in()
    email, password = request.form.get("email", ""), request.form.get("password", "")
    count_password(email)
    staff = find_staff(reader(), email=email)
    kept = staff.password_hash if staff and staff.disabled_at is None else None
    if not is_right(password, kept=kept) or staff is None:
        log.info("sign_in_refused")
        return _form(is_wrong=True), HTTPStatus.UNAUTHORIZED
    with transaction() as session:
        step = _begin(session, staff_id=staff.id, password=password)
    forgive_password(email)
    return go_in(step, target=own_path(request.args.get("next")))


@staff_only(Role.VIEWER)
def sign_out() -> ResponseReturnValue:
    """End this sign-in: its row, then the cookie."""
    person = get_signed_in()
    with transaction() as session:
        end_login(session, staff_id=person.staff_id, row_id=person.row_id)
        note(session, action="staff.sign_out", staff_id=person.staff_id)
    leave()
    return redirect("/login")


def require_local_sign_in() -> None:
    """Return where accounts have passwords. Raises PasswordsNotTaken."""
    if not toolbox().settings.local_sign_in:
        raise PasswordsNotTaken


def _form(*, is_wrong: bool) -> str:
    settings = toolbox().settings
    return render_template(
        "staff/account/login.html",
        is_wrong=is_wrong,
        email=request.form.get("email", ""),
        is_local=settings.local_sign_in,
        sso_name=settings.oidc_name if settings.has_oidc else None,
        target=own_path(request.args.get("next")),
    )


def _begin(session: Session, *, staff_id: int, password: str) -> SignedIn | HalfIn:
    staff = session.get_one(Staff, staff_id)
    if staff.password_hash is not None and needs_rehash(staff.password_hash):
        staff.password_hash = hash_password(password)
    return admit(session, staff=staff, method=LoginMethod.PASSWORD)
