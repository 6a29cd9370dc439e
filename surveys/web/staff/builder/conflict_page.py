"""Two people at one draft: what stands there now beside what was typed, and both ways out of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from models import Survey
from surveys.building.conflicts import EditConflict
from surveys.building.finding import get_survey
from surveys.building.history import ACTION_WORDS
from surveys.building.operations import Operation, SetQuestion, SetSection, SetSurvey
from surveys.building.places import SubjectGone, get_part, get_question
from surveys.errors import N_
from surveys.extensions import reader
from surveys.web.staff.builder.frame import render_step
from surveys.web.staff.builder.question_fields import Fields, write_fields, write_text
from surveys.web.staff.builder.settings_fields import write_settings
from surveys.web.words import gettext

OF_THE_FORM = frozenset({"csrf_token", "rev", "shown", "do", "open", "next"})
FIELD_WORDS = {
    "text.tr": N_("Question (Turkish)"),
    "text.en": N_("Question (English)"),
    "hint.tr": N_("Hint (Turkish)"),
    "hint.en": N_("Hint (English)"),
    "title.tr": N_("Title (Turkish)"),
    "title.en": N_("Title (English)"),
    "purpose.tr": N_("Purpose (Turkish)"),
    "purpose.en": N_("Purpose (English)"),
    "type": N_("Type"),
    "code": N_("Code"),
    "required": N_("An answer is required"),
    "in_mail": N_("Also ask it in the invitation e-mail"),
    "opens_at": N_("Opens"),
    "closes_at": N_("Closes"),
    "options": N_("Answers to choose from"),
    "items": N_("What is to be rated"),
    "scale": N_("The scale"),
    "show_if": N_("When is it asked?"),
}


@dataclass(frozen=True)
class Difference:
    """One field: its name for people, what was typed, what stands there now ("" for nothing)."""

    name: str
    mine: str
    theirs: str


def show_conflict(code: str, conflict: EditConflict, operation: Operation) -> str:
    """Return the page; its form carries all that was typed, made from the present revision."""
    survey = get_survey(reader(), code=code)
    typed = request.form.to_dict(flat=False)
    mine = {name: values for name, values in typed.items() if name not in OF_THE_FORM}
    theirs = _write_present(survey, operation)
    opened = ""
    if isinstance(operation, SetQuestion) and theirs is not None:
        opened = f"?open={operation.code}#q-{operation.code}"
    return render_step(
        "staff/surveys/conflict.html",
        survey=survey,
        conflict=conflict,
        what=gettext(ACTION_WORDS[str(conflict.params["what"])]),
        action=request.path,
        typed={name: values for name, values in typed.items() if name not in {"csrf_token", "rev"}},
        differences=list_differences(mine, theirs) if theirs else [],
        is_gone=theirs is None,
        back=f"/surveys/{code}/questions{opened}",
    )


def list_differences(mine: Fields, theirs: Fields) -> Sequence[Difference]:
    """Return what differs, each option or item counting as one field of its question."""
    names = dict.fromkeys([*mine, *theirs])
    return [
        Difference(_name(name), _say(mine, name), _say(theirs, name))
        for name in names
        if _say(mine, name) != _say(theirs, name)
    ]


def _write_present(survey: Survey, operation: Operation) -> Mapping[str, Sequence[str]] | None:
    """Return the fields of what stands there now; {} for a button, None when it is gone."""
    document = survey.definition
    try:
        if isinstance(operation, SetQuestion):
            return write_fields(get_question(document, operation.code))
        if isinstance(operation, SetSection):
            section = get_part(document["sections"], operation.section)
            return write_text("title", section.get("title"))
    except SubjectGone:
        return None
    return write_settings(document) if isinstance(operation, SetSurvey) else {}


def _say(fields: Fields, name: str) -> str:
    return ", ".join(value.replace("\r\n", "\n").strip() for value in fields.get(name, ()))


def _name(field: str) -> str:
    """Return a field's name for people: its own, or that of the part it belongs to."""
    known = FIELD_WORDS.get(field) or FIELD_WORDS.get(field.partition(".")[0])
    return gettext(known) if known else field
