"""`/staff/account`: one's own name, language and digest, and the ways to what guards it."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from models import Role
from surveys.accounts import second_factor
from surveys.accounts.people import NameTooLong, get_person, set_own_details
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.account.entering import get_signed_in, note
from surveys.web.words import gettext

PAGE = "/staff/account"


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule(PAGE, view_func=show_account, methods=["GET"])
    blueprint.add_url_rule(PAGE, view_func=save_account, methods=["POST"])
    saying.register(account_saved=N_("Your details are saved."))


@staff_only(Role.VIEWER)
def show_account() -> ResponseReturnValue:
    """Show one's own account."""
    return _page()


@staff_only(Role.VIEWER)
def save_account() -> ResponseReturnValue:
    """Keep name, language and whether the digest is wanted."""
    person, form = get_signed_in(), request.form
    try:
        with transaction() as session:
            set_own_details(
                get_person(session, staff_id=person.staff_id),
                name=form.get("name", ""),
                language=form.get("language", ""),
                wants_digest="wants_digest" in form,
            )
            note(session, action="staff.set_account", staff_id=person.staff_id)
    except NameTooLong as refusal:
        return _page(fault=gettext(refusal.message, **refusal.params)), refusal.status
    return saying.go(PAGE, "account_saved")


def _page(fault: str | None = None) -> str:
    staff, settings = get_person(reader(), staff_id=get_signed_in().staff_id), toolbox().settings
    return render_template(
        "staff/account/account.html",
        staff=staff,
        name=request.form.get("name", staff.name),
        has_code=second_factor.is_on(staff),
        is_local=settings.local_sign_in,
        sso_name=settings.oidc_name if settings.has_oidc else None,
        fault=fault,
    )
