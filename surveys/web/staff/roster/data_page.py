"""`/roster/<id>/data`: what the law gives a graduate: their data to take along, or erased."""

import json
from datetime import date
from io import BytesIO

from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue

from models import Alumnus, Role
from surveys.audit import record
from surveys.errors import N_
from surveys.extensions import toolbox, transaction
from surveys.roster.erasing import erase_person
from surveys.roster.exporting import audit_subject, export_person
from surveys.web.access import staff_only
from surveys.web.staff.roster.explaining import actor
from surveys.web.staff.roster.person_page import load_person, name_of
from surveys.web.staff.saying import go, register
from surveys.web.words import gettext

UNPROCESSABLE = 422
FILE_WORD = N_("person")
NOT_THE_NUMBER = N_("This is not this person's number. Type it as it stands above.")

register(person_erased=N_("The person is erased. What was counted stays counted."))


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    add, path = blueprint.add_url_rule, "/roster/<int:person_id>/data"
    add(path, view_func=show_graduate_data, methods=["GET"])
    add(f"{path}/hand-over", view_func=hand_over_graduate, methods=["POST"])
    add(f"{path}/erase", view_func=erase_graduate, methods=["POST"])


@staff_only(Role.ADMIN, recent=True)
def show_graduate_data(person_id: int) -> ResponseReturnValue:
    """Show what can be done with a person's data."""
    return _page(load_person(person_id))


@staff_only(Role.ADMIN, recent=True)
def hand_over_graduate(person_id: int) -> ResponseReturnValue:
    """Hand out all that is held about the person, as one file."""
    load_person(person_id)
    with transaction() as session:
        person = session.get_one(Alumnus, person_id)
        document = export_person(session, person=person)
        name = f"{gettext(FILE_WORD)}-{person.external_id}.json"
        now, subject = toolbox().clock.now(), audit_subject(person)
        record(session, actor=actor(), action="roster.export_person", subject=subject, now=now)
    body = json.dumps(document, ensure_ascii=False, indent=2, default=_written)
    return send_file(
        BytesIO(body.encode()),
        mimetype="application/json",
        as_attachment=True,
        download_name=name,
    )


@staff_only(Role.ADMIN, recent=True)
def erase_graduate(person_id: int) -> ResponseReturnValue:
    """Erase the person whose number was typed."""
    person = load_person(person_id)
    if request.form.get("number", "").strip() != person.external_id:
        return _page(person, fault=gettext(NOT_THE_NUMBER)), UNPROCESSABLE
    box = toolbox()
    now = box.clock.now()
    with transaction() as session:
        person = session.get_one(Alumnus, person_id)
        erasure = erase_person(session, person=person, keys=box.keys, now=now)
        record(
            session,
            actor=actor(),
            action="roster.erase",
            subject=audit_subject(person),
            now=now,
            responses=erasure.response_count,
            drafts=erasure.draft_count,
            invitations=erasure.invitation_count,
        )
    return go("/roster", "person_erased")


def _page(person: Alumnus, *, fault: str | None = None) -> str:
    return render_template(
        "staff/roster/data.html",
        person=person,
        name=name_of(person),
        typed=request.form.get("number", ""),
        fault=fault,
    )


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
