"""`/staff/logins`: one's own open sign-ins, each with a button that ends it; one's language."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from models import LoginMethod, Role, Staff
from surveys.accounts.logins import end_login, end_logins, list_logins
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.i18n import LANGUAGES
from surveys.web.access import staff_only
from surveys.web.staff.account.entering import get_signed_in, note, own_path
from surveys.web.words import gettext

PAGE = "/staff/logins"
METHODS = {
    LoginMethod.PASSWORD: N_("with a password"),
    LoginMethod.LINK: N_("with a one-time link"),
    LoginMethod.OIDC: N_("with the single sign-on"),
}


def attach(blueprint: Blueprint) -> None:
    """Register the page and its buttons."""
    blueprint.add_url_rule(PAGE, view_func=show_logins, methods=["GET"])
    blueprint.add_url_rule(f"{PAGE}/<int:row_id>/end", view_func=end_one, methods=["POST"])
    blueprint.add_url_rule(f"{PAGE}/end-others", view_func=end_others, methods=["POST"])
    blueprint.add_url_rule("/staff/language", view_func=set_language, methods=["POST"])


@staff_only(Role.VIEWER)
def show_logins() -> ResponseReturnValue:
    """Show one's own open sign-ins."""
    person = get_signed_in()
    rows = list_logins(reader(), staff_id=person.staff_id, now=toolbox().clock.now())
    methods = {method: gettext(words) for method, words in METHODS.items()}
    return render_template("staff/account/logins.html", rows=rows, methods=methods)


@staff_only(Role.VIEWER)
def end_one(row_id: int) -> ResponseReturnValue:
    """End one of one's own sign-ins, be it this one."""
    person = get_signed_in()
    with transaction() as session:
        end_login(session, staff_id=person.staff_id, row_id=row_id)
        note(session, action="staff.end_login", staff_id=person.staff_id)
    return redirect(PAGE)


@staff_only(Role.VIEWER)
def end_others() -> ResponseReturnValue:
    """End all of one's own sign-ins but this one."""
    person = get_signed_in()
    with transaction() as session:
        end_logins(session, staff_id=person.staff_id, keep_id=person.row_id)
        note(session, action="staff.end_other_logins", staff_id=person.staff_id)
    return redirect(PAGE)


@staff_only(Role.VIEWER)
def set_language() -> ResponseReturnValue:
    """Keep the language in which one wants to read the pages."""
    language, person = request.form.get("language"), get_signed_in()
    if language in LANGUAGES:
        with transaction() as session:
            session.get_one(Staff, person.staff_id).language = language
            note(session, action="staff.set_language", staff_id=person.staff_id)
    return redirect(own_path(request.form.get("next")))
