"""`/staff/account/password`: changing one's own password; other sign-ins end with the old one."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import Role
from surveys.accounts.links import end_links
from surveys.accounts.logins import end_logins
from surveys.accounts.passwords import (
    SHORTEST,
    PasswordRefused,
    PasswordsDiffer,
    check_new_password,
    hash_password,
    is_right,
)
from surveys.accounts.people import get_person
from surveys.errors import N_, DonutError
from surveys.extensions import reader, toolbox, transaction
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.account.entering import get_signed_in, note
from surveys.web.staff.account.signing_in import require_local_sign_in
from surveys.web.staff.account.throttling import count_password, forgive_password
from surveys.web.words import gettext

PAGE = "/staff/account/password"


class CurrentPasswordWrong(DonutError):
    """Not the password of now."""

    code = "current_password_wrong"
    message = N_("This is not your current password.")


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule(PAGE, view_func=show_password, methods=["GET"])
    blueprint.add_url_rule(PAGE, view_func=change_password, methods=["POST"])
    saying.register(
        password_changed=N_("Your password is changed. You are signed out everywhere else.")
    )


@staff_only(Role.VIEWER, recent=True)
def show_password() -> ResponseReturnValue:
    """Ask for the current and the new password."""
    require_local_sign_in()
    return _form()


@staff_only(Role.VIEWER, recent=True)
def change_password() -> ResponseReturnValue:
    """Keep the new password and end one's other sign-ins."""
    require_local_sign_in()
    try:
        password_hash = hash_password(_read_new())
    except (PasswordRefused, CurrentPasswordWrong) as refusal:
        return _form(refusal), refusal.status
    with transaction() as session:
        _keep(session, password_hash)
    return saying.go("/staff/account", "password_changed")


def _read_new() -> str:
    person, password = get_signed_in(), request.form.get("password", "")
    kept = get_person(reader(), staff_id=person.staff_id).password_hash
    count_password(person.email)
    if kept is not None and not is_right(request.form.get("current", ""), kept=kept):
        raise CurrentPasswordWrong
    forgive_password(person.email)
    check_new_password(password, email=person.email)
    if password != request.form.get("repeated", ""):
        raise PasswordsDiffer
    return password


def _keep(session: Session, password_hash: str) -> None:
    person = get_signed_in()
    get_person(session, staff_id=person.staff_id).password_hash = password_hash
    end_logins(session, staff_id=person.staff_id, keep_id=person.row_id)
    end_links(session, staff_id=person.staff_id, now=toolbox().clock.now())
    note(session, action="staff.change_password", staff_id=person.staff_id)


def _form(refusal: DonutError | None = None) -> str:
    staff = get_person(reader(), staff_id=get_signed_in().staff_id)
    return render_template(
        "staff/account/password.html",
        has_password=staff.password_hash is not None,
        shortest=SHORTEST,
        wrong_field="current" if isinstance(refusal, CurrentPasswordWrong) else "password",
        fault=gettext(refusal.message, **refusal.params) if refusal else None,
    )
