"""`flask roster show`, `erase` and `export-person`: one person's data."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import click

from surveys.audit import record
from surveys.cli.output import Result, confirm_on_terminal, emit, json_option, refusals, say
from surveys.cli.roster import roster
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.i18n import format_date, format_instant
from surveys.roster.erasing import erase_person
from surveys.roster.exporting import (
    audit_subject,
    describe_person,
    export_person,
    list_invitations,
)
from surveys.roster.fields import FIELD_LABELS
from surveys.roster.finding import get_person
from surveys.roster.suppression import is_suppressed

LABELS = {
    **{field.value: label for field, label in FIELD_LABELS.items()},
    "registered_at": N_("Registered"),
    "updated_at": N_("Last changed"),
}

person_argument: Callable[[Any], Any] = click.argument("external_id")
demo_option: Callable[[Any], Any] = click.option(
    "--demo", "is_demo", is_flag=True, help="Look among the demo graduates."
)


@roster.command("show")
@person_argument
@demo_option
@json_option
def show_command(external_id: str, *, is_demo: bool, as_json: bool) -> None:
    """Show what the roster says of one person and which surveys they were asked to answer."""
    session = reader()
    with refusals(as_json=as_json):
        person = get_person(session, external_id=external_id, is_demo=is_demo)
        result = {
            **describe_person(person),
            "is_suppressed": is_suppressed(session, alumnus=person, keys=toolbox().keys),
            "invitations": [
                {name: invitation[name] for name in ("survey", "mail_state", "responded_at")}
                for invitation in list_invitations(session, person=person)
            ],
        }
    emit(result, _words(result), as_json=as_json)


@roster.command("erase")
@person_argument
@demo_option
@json_option
def erase_command(external_id: str, *, is_demo: bool, as_json: bool) -> None:
    """Erase one person for good: answers and personal data go, counts of the rates stay."""
    confirm_on_terminal(
        N_("The data and answers of %(person)s will be erased for good. Go on?"),
        person=external_id,
        as_json=as_json,
    )
    box = toolbox()
    now = box.clock.now()
    with refusals(as_json=as_json), transaction() as session:
        person = get_person(session, external_id=external_id, is_demo=is_demo)
        erasure = erase_person(session, person=person, keys=box.keys, now=now)
        result = {
            "responses": erasure.response_count,
            "drafts": erasure.draft_count,
            "invitations": erasure.invitation_count,
        }
        subject = audit_subject(person)
        record(session, actor="cli", action="roster.erase", subject=subject, now=now, **result)
    sentence = N_(
        "The person is erased. Responses deleted: %(responses)s, drafts deleted: %(drafts)s,"
        " invitations kept without the person: %(invitations)s."
    )
    emit({"erased": True, **result}, [say(sentence, **result)], as_json=as_json)


@roster.command("export-person")
@person_argument
@demo_option
@json_option
def export_command(external_id: str, *, is_demo: bool, as_json: bool) -> None:
    """Print all that is held about one person as JSON, to hand over to them."""
    now = toolbox().clock.now()
    with refusals(as_json=as_json), transaction() as session:
        person = get_person(session, external_id=external_id, is_demo=is_demo)
        document = export_person(session, person=person)
        subject = audit_subject(person)
        record(session, actor="cli", action="roster.export_person", subject=subject, now=now)
    pretty = json.dumps(document, ensure_ascii=False, indent=2, default=_written)
    emit(document, [pretty], as_json=as_json)


def _words(result: Result) -> Iterator[str]:
    for name, label in LABELS.items():
        yield f"{say(label)}: {_value(result[name])}"
    for heading, text in result["attributes"].items():
        yield f"{heading}: {text}"
    if result["email_fault"]:
        yield say(N_("This person can't be mailed: no usable address."))
    if result["is_suppressed"]:
        yield say(N_("This person wants no more mail."))
    for invitation in result["invitations"]:
        yield say(
            N_("Survey %(survey)s, answered: %(answered)s"),
            survey=invitation["survey"],
            answered=_value(invitation["responded_at"]),
        )


def _value(value: object) -> str:
    settings = toolbox().settings
    if isinstance(value, datetime):
        return format_instant(value, settings.default_language, settings.zone)
    if isinstance(value, date):
        return format_date(value, settings.default_language)
    return "–" if value in (None, "") else str(value)


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
