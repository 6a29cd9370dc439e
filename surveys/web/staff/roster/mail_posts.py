"""A graduate's mails: stopped, allowed again, sent to another address."""

from collections.abc import Callable

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import Alumnus, Role, SuppressionReason
from surveys.audit import record
from surveys.delivery.domains import regroup_queued
from surveys.delivery.house import read_house
from surveys.errors import N_
from surveys.extensions import toolbox, transaction
from surveys.roster.correcting import AddressRefused, correct_address
from surveys.roster.dispositions import LONGEST_REASON
from surveys.roster.exporting import audit_subject
from surveys.roster.suppression import NoteMissing, Word, allow_again, suppress
from surveys.web.access import staff_only
from surveys.web.staff.roster.explaining import actor, explain
from surveys.web.staff.roster.person_page import Mistake, load_person, render_person
from surveys.web.staff.saying import go, register
from surveys.web.words import current_language

register(
    mails_stopped=N_("This person gets no more mail."),
    mails_allowed=N_("Mails may go to this person again."),
    address_corrected=N_("The address is saved."),
)


def attach(blueprint: Blueprint) -> None:
    """Register the forms' addresses."""
    add, path = blueprint.add_url_rule, "/roster/<int:person_id>"
    add(f"{path}/stop-mails", view_func=stop_mails_to_graduate, methods=["POST"])
    add(f"{path}/allow-mails", view_func=allow_mails_to_graduate, methods=["POST"])
    add(f"{path}/address", view_func=correct_graduate_address, methods=["POST"])


@staff_only(Role.EDITOR)
def stop_mails_to_graduate(person_id: int) -> ResponseReturnValue:
    """Let no more mail go to the person."""

    def stop(session: Session, person: Alumnus) -> None:
        box, reason = toolbox(), SuppressionReason.STAFF
        now, word = box.clock.now(), _read_word()
        suppress(session, alumnus=person, keys=box.keys, reason=reason, now=now, word=word)

    return _change(person_id, "roster.mails_stopped", stop, "mails_stopped")


@staff_only(Role.EDITOR)
def allow_mails_to_graduate(person_id: int) -> ResponseReturnValue:
    """Let mails go to the person again."""

    def allow(session: Session, person: Alumnus) -> None:
        box = toolbox()
        now, word = box.clock.now(), _read_word()
        allow_again(session, alumnus=person, keys=box.keys, now=now, word=word)

    try:
        return _change(person_id, "roster.mails_allowed", allow, "mails_allowed")
    except NoteMissing as refusal:
        mistake = Mistake("stop_note", explain(refusal))
        return render_person(load_person(person_id), mistake), refusal.status


@staff_only(Role.EDITOR)
def correct_graduate_address(person_id: int) -> ResponseReturnValue:
    """Save another address."""
    typed, now = request.form.get("email", ""), toolbox().clock.now()

    def correct(session: Session, person: Alumnus) -> None:
        correct_address(session, person=person, text=typed, now=now)
        domain = read_house(toolbox().settings).mail_domain
        regroup_queued(session, alumnus_id=person.id, sender_domain=domain)

    try:
        return _change(person_id, "roster.address_corrected", correct, "address_corrected")
    except AddressRefused as refusal:
        mistake = Mistake("email", refusal.reason.explain(current_language()))
        return render_person(load_person(person_id), mistake), refusal.status


def _change(
    person_id: int, action: str, change: Callable[[Session, Alumnus], None], said: str
) -> ResponseReturnValue:
    """Do `change` to the person, write the audit trail, and go back to their page."""
    load_person(person_id)
    with transaction() as session:
        person = session.get_one(Alumnus, person_id)
        change(session, person)
        now, subject = toolbox().clock.now(), audit_subject(person)
        record(session, actor=actor(), action=action, subject=subject, now=now)
    return go(f"/roster/{person_id}#mails", said)


def _read_word() -> Word:
    note = " ".join(request.form.get("stop_note", "").split())[:LONGEST_REASON]
    return Word(by=actor(), note=note or None)
