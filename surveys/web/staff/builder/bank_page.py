"""`/surveys/<code>/bank`: questions with codes that never change, to be added to a section."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from models import Role, Survey
from surveys.building.bank import BankQuestion, list_bank
from surveys.building.definition import Question, from_document
from surveys.building.finding import get_survey
from surveys.building.operations import AddQuestion
from surveys.building.places import list_codes
from surveys.errors import N_
from surveys.extensions import reader
from surveys.i18n import fold, pick_text
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.builder.frame import render_step
from surveys.web.staff.builder.operating import Done, carry_out
from surveys.web.staff.builder.question_words import say_type
from surveys.web.staff.saying import go
from surveys.web.words import current_language, gettext

saying.register(bank_added=N_("The question was added to the end of the section."))
SHOWN_SURVEYS = 3


@dataclass(frozen=True)
class BankLine:
    """One question of the list; `is_there`: the draft has it already."""

    code: str
    text: str
    kind: str
    group: str
    asked_in: str
    is_there: bool


def attach(blueprint: Blueprint) -> None:
    """Register the page and its button."""
    rule = "/surveys/<code>/bank"
    blueprint.add_url_rule(rule, view_func=show_bank, methods=["GET"])
    blueprint.add_url_rule(rule, view_func=add_from_bank, methods=["POST"])


@staff_only(Role.EDITOR)
def show_bank(code: str) -> ResponseReturnValue:
    """Show the questions whose text or code holds what was searched for."""
    survey = get_survey(reader(), code=code)
    wanted = request.args.get("q", "").strip()
    lines = [_make_line(entry, survey) for entry in list_bank(reader(), is_demo=survey.is_demo)]
    found = [line for line in lines if fold(wanted) in fold(f"{line.text} {line.code}")]
    sections = survey.definition["sections"]
    return render_step(
        "staff/surveys/bank.html",
        survey=survey,
        lines=found,
        wanted=wanted,
        section=_choose_section(len(sections)),
        sections=[
            (index, _name_section(index, pick_text(part.get("title") or {}, current_language())))
            for index, part in enumerate(sections)
        ],
    )


@staff_only(Role.EDITOR)
def add_from_bank(code: str) -> ResponseReturnValue:
    """Add one question of the bank at the end of a section."""
    survey, wish = get_survey(reader(), code=code), request.form.get("code", "")
    bank = list_bank(reader(), is_demo=survey.is_demo)
    entry = next((known for known in bank if known.code == wish), None) or abort(404)
    section, wanted = request.form.get("section", 0, type=int), request.form.get("q", "")

    def then(_done: Done) -> ResponseReturnValue:
        query = urlencode({"section": section, "q": wanted})
        return go(f"/surveys/{code}/bank?{query}", "bank_added")

    return carry_out(code, AddQuestion(section, entry.question), then=then)


def _make_line(entry: BankQuestion, survey: Survey) -> BankLine:
    question = _read(entry, survey)
    return BankLine(
        code=entry.code,
        text=pick_text(question.text, current_language()),
        kind=say_type(question),
        group=pick_text(entry.group, current_language()) if entry.group else "",
        asked_in=", ".join(entry.asked_in[:SHOWN_SURVEYS]),
        is_there=entry.code in list_codes(survey.definition),
    )


def _read(entry: BankQuestion, survey: Survey) -> Question:
    document = {**survey.definition, "sections": [{"questions": [entry.question]}]}
    return from_document(document).sections[0].questions[0]


def _name_section(index: int, title: str) -> str:
    number = gettext("Section %(number)s", number=index + 1)
    return f"{number}: {title}" if title else number


def _choose_section(count: int) -> int:
    return min(max(request.args.get("section", 0, type=int), 0), max(count - 1, 0))
