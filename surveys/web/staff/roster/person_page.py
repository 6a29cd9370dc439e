"""`/roster/<id>`: one graduate, every survey and mail, and what staff can do about them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from models import Alumnus, ManualKind, Role
from surveys.delivery.reasons import REASON_WORDS, STATE_WORDS
from surveys.errors import N_
from surveys.extensions import reader, toolbox
from surveys.roster.fields import FIELD_LABELS
from surveys.web.access import staff_only
from surveys.web.staff.roster.person_reading import Record, read_record, title_of
from surveys.web.staff.roster.staff_names import name_staff
from surveys.web.words import gettext

OUTCOME_LABELS = {
    ManualKind.NOT_A_GRADUATE: N_("Not a graduate"),
    ManualKind.DIED: N_("Died"),
    ManualKind.ANSWERED_BY_PHONE: N_("Answered by phone"),
}
STOP_LABELS = {
    "unsubscribed": N_("Said so themselves"),
    "staff": N_("Stopped by staff"),
    "alumni_system": N_("Stopped by the alumni system"),
    "bounced": N_("Mail came back"),
    "complained": N_("Marked our mail as unwanted"),
    "erased": N_("Erased at their own request"),
}


@dataclass(frozen=True)
class Mistake:
    """What a form of the page was refused for: the field that it is about, and the sentence."""

    field: str
    words: str


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    path = "/roster/<int:person_id>"
    blueprint.add_url_rule(path, view_func=show_graduate, methods=["GET"])


@staff_only(Role.VIEWER)
def show_graduate(person_id: int) -> ResponseReturnValue:
    """Show a person."""
    return render_person(load_person(person_id))


def load_person(person_id: int) -> Alumnus:
    """Return a person, or answer 404, also for one who was erased."""
    person = reader().get(Alumnus, person_id)
    return person if person and person.erased_at is None else abort(404)


def render_person(person: Alumnus, mistake: Mistake | None = None) -> str:
    """Return the page; after a refused form with what was typed and what is wrong with it."""
    session = reader()
    record = read_record(session, person=person, keys=toolbox().keys)
    return render_template(
        "staff/roster/person.html",
        record=record,
        person=person,
        name=name_of(person),
        facts=list(_list_facts(person)),
        state_words=STATE_WORDS,
        reason_words=REASON_WORDS,
        outcome_labels=OUTCOME_LABELS,
        stop_labels=STOP_LABELS,
        outcome_choices=_list_outcomes(record),
        title_of=title_of,
        names=name_staff(session, _list_actors(record)),
        typed=request.form,
        mistake=mistake,
    )


def name_of(person: Alumnus) -> str:
    """Return a person's name, or their number where the roster holds none."""
    return f"{person.given_name} {person.family_name}".strip() or person.external_id


def _list_actors(record: Record) -> Iterator[str | None]:
    for outcome in record.outcomes:
        yield from (outcome.created_by, outcome.withdrawn_by)
    for stop in record.stops:
        yield from (stop.created_by, stop.lifted_by)


def _list_facts(person: Alumnus) -> Iterator[tuple[str, str | date | None]]:
    for field, label in FIELD_LABELS.items():
        value = getattr(person, field)
        yield gettext(label), LANGUAGE_NAMES.get(value, value) if field == "language" else value
    texts: Mapping[str, str] = person.attributes
    yield from texts.items()


LANGUAGE_NAMES = {"tr": "Türkçe", "en": "English"}


def _list_outcomes(record: Record) -> list[tuple[str, str]]:
    """Return what can be recorded now: a word on the person, or a call for an open case."""
    live = {row.invitation_id for row in record.outcomes if row.withdrawn_at is None}
    of_person = (ManualKind.NOT_A_GRADUATE, ManualKind.DIED) if None not in live else ()
    choices = [(kind.value, gettext(OUTCOME_LABELS[kind])) for kind in of_person]
    for case in record.cases:
        if case.invitation.responded_at is None and case.invitation.id not in live:
            value = f"{ManualKind.ANSWERED_BY_PHONE}:{case.invitation.id}"
            choices.append((value, gettext(BY_PHONE, survey=case.invitation.survey.code)))
    return choices


BY_PHONE = N_("Answered by phone: %(survey)s")
