"""`/staff/account/second-factor`: setting up the app that shows the digits, or doing without."""

import segno
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from models import Role
from surveys.accounts import second_factor
from surveys.accounts.people import get_person
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.account.entering import get_signed_in, note
from surveys.web.staff.account.throttling import count_code, forgive_codes
from surveys.web.words import gettext

PAGE = "/staff/account/second-factor"
ACCOUNT = "/staff/account"


def attach(blueprint: Blueprint) -> None:
    """Register the page and its buttons."""
    blueprint.add_url_rule(PAGE, view_func=show_second_factor, methods=["GET"])
    blueprint.add_url_rule(PAGE, view_func=confirm_second_factor, methods=["POST"])
    blueprint.add_url_rule(f"{PAGE}/begin", view_func=begin_second_factor, methods=["POST"])
    blueprint.add_url_rule(f"{PAGE}/remove", view_func=remove_second_factor, methods=["POST"])
    saying.register(
        second_factor_on=N_("The second step is on. From now on, signing in asks for a code."),
        second_factor_off=N_("The second step is off."),
    )


@staff_only(Role.VIEWER, recent=True)
def show_second_factor() -> ResponseReturnValue:
    """Show the picture for the app where the set-up has begun, else the one button."""
    return _page()


@staff_only(Role.VIEWER, recent=True)
def begin_second_factor() -> ResponseReturnValue:
    """Make a new secret; it counts for nothing yet."""
    person, tools = get_signed_in(), toolbox()
    with transaction() as session:
        staff = get_person(session, staff_id=person.staff_id)
        second_factor.begin_setup(staff, keys=tools.keys)
        note(session, action="staff.begin_second_factor", staff_id=person.staff_id)
    return saying.go(PAGE)


@staff_only(Role.VIEWER, recent=True)
def confirm_second_factor() -> ResponseReturnValue:
    """Put the second factor in force once its first code fits."""
    person, tools, code = get_signed_in(), toolbox(), request.form.get("code", "")
    count_code(person.staff_id)
    try:
        with transaction() as session:
            staff, now = get_person(session, staff_id=person.staff_id), tools.clock.now()
            second_factor.confirm_setup(session, staff=staff, code=code, keys=tools.keys, now=now)
            note(session, action="staff.set_second_factor", staff_id=person.staff_id)
    except second_factor.CodeWrong as refusal:
        return _page(fault=gettext(refusal.message)), refusal.status
    forgive_codes(person.staff_id)
    return saying.go(ACCOUNT, "second_factor_on")


@staff_only(Role.VIEWER, recent=True)
def remove_second_factor() -> ResponseReturnValue:
    """Do without the second factor."""
    person = get_signed_in()
    with transaction() as session:
        second_factor.remove(get_person(session, staff_id=person.staff_id))
        note(session, action="staff.remove_second_factor", staff_id=person.staff_id)
    return saying.go(ACCOUNT, "second_factor_off")


def _page(fault: str | None = None) -> str:
    staff = get_person(reader(), staff_id=get_signed_in().staff_id)
    template, is_on = "staff/account/second_factor.html", second_factor.is_on(staff)
    try:
        secret = second_factor.read_secret(staff, keys=toolbox().keys)
    except second_factor.SecondFactorMissing:
        return render_template(template, is_on=is_on, secret=None, picture=None, fault=None)
    picture = segno.make(second_factor.setup_address(staff, secret), error="m")
    return render_template(
        template,
        is_on=False,
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        picture=picture.svg_data_uri(scale=5, light="#fff"),
        fault=fault,
    )
