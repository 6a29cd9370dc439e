"""What an admin does about one account: details, a new link, resetting, ending, shutting out."""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import Role, Staff
from surveys.accounts import managing
from surveys.accounts.logins import end_logins
from surveys.accounts.people import NameTooLong, get_person
from surveys.audit import record
from surveys.errors import N_, DonutError
from surveys.extensions import reader, toolbox, transaction
from surveys.notifying.link_letter import LinkOccasion
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.account.entering import get_signed_in
from surveys.web.staff.people.adding import show_link
from surveys.web.staff.people.linking import BY_MAIL, hand_out
from surveys.web.staff.people.listing import person_page
from surveys.web.words import gettext

DETAILS = ("name", "role", "language")
ONE = "/staff/<int:staff_id>"
Act = Callable[[Session, Staff, datetime], object]


def _disable(session: Session, staff: Staff, now: datetime) -> None:
    managing.disable(session, staff=staff, now=now)


def _enable(_session: Session, staff: Staff, _now: datetime) -> None:
    managing.enable(staff)


def _reset_second_factor(session: Session, staff: Staff, _now: datetime) -> None:
    managing.reset_second_factor(session, staff=staff)


def _forget_identity(session: Session, staff: Staff, _now: datetime) -> None:
    managing.forget_identity(session, staff=staff)


def _end_logins(session: Session, staff: Staff, _now: datetime) -> None:
    end_logins(session, staff_id=staff.id)


# What a button is called in addresses → what it does, and its name in the audit trail.
ACTS: dict[str, tuple[Act, str]] = {
    "disable": (_disable, "staff.disable"),
    "enable": (_enable, "staff.enable"),
    "reset-second-factor": (_reset_second_factor, "staff.reset_second_factor"),
    "forget-identity": (_forget_identity, "staff.forget_identity"),
    "end-logins": (_end_logins, "staff.end_logins"),
}


def attach(blueprint: Blueprint) -> None:
    """Register the form and the buttons."""
    blueprint.add_url_rule(ONE, view_func=save_person, methods=["POST"])
    blueprint.add_url_rule(f"{ONE}/link", view_func=send_link, methods=["POST"])
    blueprint.add_url_rule(f"{ONE}/<act>", view_func=act_on_person, methods=["POST"])
    saying.register(
        staff_saved=N_("The account is saved."),
        staff_link_sent=N_("An e-mail with a new link is on its way."),
        staff_disable=N_("The account is disabled. The person is signed out and can't sign in."),
        staff_enable=N_("The account is enabled again."),
        staff_reset_second_factor=N_(
            "The second step is reset. The person signs in with the password alone and sets it up"
            " again."
        ),
        staff_forget_identity=N_("The account is parted from the single sign-on."),
        staff_end_logins=N_("All sign-ins of this person have ended."),
    )


@staff_only(Role.ADMIN, recent=True)
def save_person(staff_id: int) -> ResponseReturnValue:
    """Keep name, role and language."""
    form = request.form
    try:
        with transaction() as session:
            _save(session, get_person(session, staff_id=staff_id))
    except (NameTooLong, managing.LastAdmin) as refusal:
        return _refused(staff_id, refusal, typed={name: form.get(name, "") for name in DETAILS})
    return saying.go(f"/staff/{staff_id}", "staff_saved")


@staff_only(Role.ADMIN, recent=True)
def send_link(staff_id: int) -> ResponseReturnValue:
    """Mail a new link, or show it once."""
    how = request.form.get("how", BY_MAIL)
    with transaction() as session:
        staff = get_person(session, staff_id=staff_id)
        shown = hand_out(session, staff=staff, occasion=LinkOccasion.RESET, how=how)
        _note(session, "staff.link", staff_id)
    return show_link(shown) if shown else saying.go(f"/staff/{staff_id}", "staff_link_sent")


@staff_only(Role.ADMIN, recent=True)
def act_on_person(staff_id: int, act: str) -> ResponseReturnValue:
    """Do one of `ACTS`."""
    if act not in ACTS:
        abort(404)
    do, action = ACTS[act]
    try:
        with transaction() as session:
            do(session, get_person(session, staff_id=staff_id), toolbox().clock.now())
            _note(session, action, staff_id)
    except managing.LastAdmin as refusal:
        return _refused(staff_id, refusal)
    return saying.go(f"/staff/{staff_id}", action.replace(".", "_"))


def _refused(
    staff_id: int, refusal: DonutError, typed: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    staff, field = get_person(reader(), staff_id=staff_id), "role"
    if isinstance(refusal, NameTooLong):
        field = "name"
    words = gettext(refusal.message, **refusal.params)
    return person_page(staff, typed=typed, fault=(field, words)), refusal.status


def _save(session: Session, staff: Staff) -> None:
    form, before = request.form, staff.role
    role = Role(form["role"]) if form.get("role") in set(Role) else Role(before)
    managing.set_details(
        session,
        staff=staff,
        name=form.get("name", ""),
        role=role,
        language=form.get("language", ""),
    )
    _note(session, "staff.set_details", staff.id, role_before=before, role=role.value)


def _note(session: Session, action: str, staff_id: int, **details: object) -> None:
    actor, subject = f"staff:{get_signed_in().staff_id}", f"staff:{staff_id}"
    record(
        session, actor=actor, action=action, subject=subject, now=toolbox().clock.now(), **details
    )
