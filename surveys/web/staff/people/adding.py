"""`/staff/new`: an account for a new colleague, and the link that opens it."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import Role, Staff
from surveys.accounts.people import AddressMalformed, NameTooLong, StaffExists, add_staff
from surveys.audit import record
from surveys.errors import N_, DonutError
from surveys.extensions import toolbox, transaction
from surveys.i18n import pick_language
from surveys.notifying.link_letter import LinkOccasion
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.account.entering import get_signed_in
from surveys.web.staff.people.linking import BY_MAIL, Shown, hand_out
from surveys.web.staff.people.words import role_options
from surveys.web.words import current_language, gettext

PAGE = "/staff/new"
FAULTY = {AddressMalformed: "email", StaffExists: "email", NameTooLong: "name"}


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule(PAGE, view_func=show_new_staff, methods=["GET"])
    blueprint.add_url_rule(PAGE, view_func=add_person, methods=["POST"])
    saying.register(
        staff_added=N_("The account is there. An e-mail with a link for signing in is on its way.")
    )


@staff_only(Role.ADMIN, recent=True)
def show_new_staff() -> ResponseReturnValue:
    """Ask who is new."""
    return _form()


@staff_only(Role.ADMIN, recent=True)
def add_person() -> ResponseReturnValue:
    """Add the account and hand out its link."""
    try:
        with transaction() as session:
            staff = _add(session)
            how, occasion = request.form.get("how", BY_MAIL), LinkOccasion.INVITED
            shown = hand_out(session, staff=staff, occasion=occasion, how=how)
    except (AddressMalformed, StaffExists, NameTooLong) as refusal:
        return _form(refusal), refusal.status
    return show_link(shown) if shown else saying.go("/staff", "staff_added")


def show_link(shown: Shown) -> str:
    """Return the page that shows a link once: it must stand in no address, so nothing redirects."""
    return render_template("staff/people/link.html", shown=shown)


def _add(session: Session) -> Staff:
    form, now = request.form, toolbox().clock.now()
    role = Role(form["role"]) if form.get("role") in set(Role) else Role.VIEWER
    staff = add_staff(
        session,
        email=form.get("email", ""),
        name=form.get("name", ""),
        role=role,
        language=pick_language(form.get("language"), default=current_language()),
        now=now,
    )
    actor, subject = f"staff:{get_signed_in().staff_id}", f"staff:{staff.id}"
    record(session, actor=actor, action="staff.add", subject=subject, now=now, role=role.value)
    return staff


def _form(refusal: DonutError | None = None) -> str:
    form = request.form
    return render_template(
        "staff/people/new.html",
        values={
            "email": form.get("email", ""),
            "name": form.get("name", ""),
            "role": form.get("role", Role.EDITOR.value),
            "language": form.get("language", current_language()),
            "how": form.get("how", BY_MAIL),
        },
        roles=role_options(),
        wrong_field=FAULTY[type(refusal)] if refusal else None,
        fault=gettext(refusal.message, **refusal.params) if refusal else None,
    )
