"""What staff were told of a graduate: recorded with a reason, and taken back."""

from datetime import date

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import Alumnus, Invitation, ManualDisposition, ManualKind, Role
from surveys.audit import record
from surveys.errors import N_, DonutError
from surveys.extensions import toolbox, transaction
from surveys.roster.dispositions import Told, record_outcome, withdraw_outcome
from surveys.roster.exporting import audit_subject
from surveys.web.access import staff_only
from surveys.web.staff.roster.explaining import actor, explain
from surveys.web.staff.roster.person_page import Mistake, load_person, render_person
from surveys.web.staff.saying import go, register

FIELDS = {"death_in_future": "died_on", "date_unreadable": "died_on"}

register(
    outcome_recorded=N_("Recorded. You can take it back below at any time."),
    outcome_withdrawn=N_("Taken back."),
)


class DateUnreadable(DonutError):
    """The date of a death can't be read."""

    code = "date_unreadable"
    message = N_("This is no date. Choose it in the calendar, or leave the field empty.")


class KindMissing(DonutError):
    """Nothing was chosen to be recorded."""

    code = "kind_missing"
    message = N_("Choose what you were told.")


def attach(blueprint: Blueprint) -> None:
    """Register the forms' addresses."""
    add, path = blueprint.add_url_rule, "/roster/<int:person_id>/outcomes"
    add(path, view_func=record_graduate_outcome, methods=["POST"])
    add(
        f"{path}/<int:outcome_id>/withdraw",
        view_func=withdraw_graduate_outcome,
        methods=["POST"],
    )


@staff_only(Role.EDITOR)
def record_graduate_outcome(person_id: int) -> ResponseReturnValue:
    """Record what was told."""
    person = load_person(person_id)
    try:
        with transaction() as session:
            person = session.get_one(Alumnus, person_id)
            _record(session, person, _read_told(session, person))
    except DonutError as refusal:
        field = FIELDS.get(refusal.code, "outcome_reason" if "reason" in refusal.code else "kind")
        return render_person(person, Mistake(field, explain(refusal))), refusal.status
    return go(f"/roster/{person_id}#outcomes", "outcome_recorded")


@staff_only(Role.EDITOR)
def withdraw_graduate_outcome(person_id: int, outcome_id: int) -> ResponseReturnValue:
    """Take a word back."""
    load_person(person_id)
    box = toolbox()
    now, zone = box.clock.now(), box.settings.zone
    with transaction() as session:
        outcome = session.get(ManualDisposition, outcome_id)
        if outcome is None or outcome.alumnus_id != person_id:
            abort(404)
        withdraw_outcome(session, outcome=outcome, actor=actor(), now=now, zone=zone)
        _note(session, outcome.alumnus, "roster.outcome_withdrawn", outcome.kind)
    return go(f"/roster/{person_id}#outcomes", "outcome_withdrawn")


def _read_told(session: Session, person: Alumnus) -> Told:
    """Return what the form says. Raises KindMissing, DateUnreadable."""
    kind, _, invitation_id = request.form.get("kind", "").partition(":")
    if kind not in set(ManualKind):
        raise KindMissing
    invitation = None
    if kind == ManualKind.ANSWERED_BY_PHONE:
        number = int(invitation_id) if invitation_id.isdecimal() else 0
        invitation = session.get(Invitation, number)
        if invitation is None or invitation.alumnus_id != person.id:
            raise KindMissing
    reason = request.form.get("outcome_reason", "")
    return Told(ManualKind(kind), reason, _read_date(), invitation)


def _read_date() -> date | None:
    text = request.form.get("died_on", "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise DateUnreadable from None


def _record(session: Session, person: Alumnus, told: Told) -> None:
    box = toolbox()
    now, zone = box.clock.now(), box.settings.zone
    record_outcome(session, person=person, told=told, actor=actor(), now=now, zone=zone)
    _note(session, person, "roster.outcome_recorded", told.kind)


def _note(session: Session, person: Alumnus, action: str, kind: str) -> None:
    record(
        session,
        actor=actor(),
        action=action,
        subject=audit_subject(person),
        now=toolbox().clock.now(),
        kind=kind,
    )
