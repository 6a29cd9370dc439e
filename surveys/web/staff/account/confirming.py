"""`/login/confirm`: proving once more who one is, before what a desk left open must not allow.

Pages say by `staff_only(role, recent=True)` that they need it; `access` sends people here.
"""

from http import HTTPStatus

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import Role, Staff
from surveys.accounts import second_factor
from surveys.accounts.logins import confirm_login
from surveys.accounts.passwords import is_right
from surveys.accounts.people import get_person
from surveys.errors import N_, DonutError
from surveys.extensions import reader, toolbox, transaction
from surveys.web.access import CONFIRM_PAGE, staff_only
from surveys.web.staff import saying
from surveys.web.staff.account.entering import get_signed_in, note, own_path
from surveys.web.staff.account.throttling import (
    count_code,
    count_password,
    forgive_codes,
    forgive_password,
)
from surveys.web.words import gettext


class NotConfirmed(DonutError):
    """The password is not theirs."""

    code = "not_confirmed"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = N_("The password is wrong.")


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule(CONFIRM_PAGE, view_func=show_confirm, methods=["GET"])
    blueprint.add_url_rule(CONFIRM_PAGE, view_func=confirm, methods=["POST"])
    saying.register(confirmed=N_("Thank you. You can go on now."))


@staff_only(Role.VIEWER)
def show_confirm() -> ResponseReturnValue:
    """Ask for the password once more, and for a code where there is a second factor."""
    return _form(get_person(reader(), staff_id=get_signed_in().staff_id))


@staff_only(Role.VIEWER)
def confirm() -> ResponseReturnValue:
    """Note the proof and go back to where it was asked for."""
    person = get_signed_in()
    staff = get_person(reader(), staff_id=person.staff_id)
    try:
        _check(staff)
        with transaction() as session:
            _note_proof(session, staff_id=person.staff_id, row_id=person.row_id)
    except (NotConfirmed, second_factor.CodeWrong) as refusal:
        return _form(staff, refusal), refusal.status
    forgive_password(person.email)
    forgive_codes(person.staff_id)
    return saying.go(own_path(request.args.get("next")), "confirmed")


def _check(staff: Staff) -> None:
    count_password(staff.email)
    if second_factor.is_on(staff):
        count_code(staff.id)
    if not is_right(request.form.get("password", ""), kept=staff.password_hash):
        raise NotConfirmed


def _note_proof(session: Session, *, staff_id: int, row_id: int) -> None:
    tools, staff = toolbox(), get_person(session, staff_id=staff_id)
    now = tools.clock.now()
    if second_factor.is_on(staff):
        code = request.form.get("code", "")
        second_factor.use_code(session, staff=staff, code=code, keys=tools.keys, now=now)
    confirm_login(session, row_id=row_id, now=now)
    note(session, action="staff.confirm", staff_id=staff_id)


def _form(staff: Staff, refusal: DonutError | None = None) -> str:
    settings = toolbox().settings
    return render_template(
        "staff/account/confirm.html",
        has_password=staff.password_hash is not None and settings.local_sign_in,
        has_code=second_factor.is_on(staff),
        sso_name=settings.oidc_name if settings.has_oidc and staff.oidc_subject else None,
        is_local=settings.local_sign_in,
        target=own_path(request.args.get("next")),
        wrong_field="code" if isinstance(refusal, second_factor.CodeWrong) else "password",
        fault=gettext(refusal.message, **refusal.params) if refusal else None,
    )
