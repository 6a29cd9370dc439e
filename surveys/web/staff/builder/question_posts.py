"""What the buttons and forms of the question cards do, each one operation."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from models import Role
from surveys.building.cleaning import EditRefused
from surveys.building.finding import get_survey
from surveys.building.operations import (
    AddQuestion,
    DeleteQuestion,
    DuplicateQuestion,
    MoveQuestion,
    SetQuestion,
)
from surveys.building.places import locate
from surveys.errors import N_
from surveys.extensions import reader
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.builder.card_form import name_faults
from surveys.web.staff.builder.operating import Done, carry_out
from surveys.web.staff.builder.question_fields import read_keys
from surveys.web.staff.builder.questions import frameable, render_questions
from surveys.web.staff.builder.rows import arrange
from surveys.web.staff.saying import go

saying.register(
    question_added=N_("The question was added. Write it below."),
    question_copied=N_("The question was duplicated."),
)


def attach(blueprint: Blueprint) -> None:
    """Register what the cards post."""
    base = "/surveys/<code>/questions"
    routes: dict[str, Callable[..., ResponseReturnValue]] = {
        base: add_question,
        f"{base}/<question>": set_question,
        f"{base}/<question>/<any(up, down):way>": step_question,
        f"{base}/<question>/move": move_question,
        f"{base}/<question>/copy": copy_question,
        f"{base}/<question>/delete": delete_question,
    }
    for rule, view in routes.items():
        blueprint.add_url_rule(rule, view_func=view, methods=["POST"])


@staff_only(Role.EDITOR)
def add_question(code: str) -> ResponseReturnValue:
    """Add an empty question of a type at the end of a section, and open it."""
    section, kind = request.form.get("section", 0, type=int), request.form.get("type", "")
    operation = AddQuestion(section, {"type": kind})
    return carry_out(code, operation, then=lambda done: _go_open(code, done.name, "question_added"))


@staff_only(Role.EDITOR)
def set_question(code: str, question: str) -> ResponseReturnValue:
    """Save what the open card holds; the button that was pressed says where to go on."""
    do = request.form.get("do", "")
    fields = arrange(request.form.to_dict(flat=False), do)

    def then(done: Done) -> ResponseReturnValue:
        if do == "save":
            return go(f"/surveys/{code}/questions#q-{done.name}")
        return _go_open(code, done.name, blank=do.removeprefix("add:") if do[:4] == "add:" else "")

    def again(refusal: EditRefused) -> ResponseReturnValue:
        survey, faults = get_survey(reader(), code=code), name_faults(refusal)
        page = render_questions(survey, opened=question, fields=fields, errors=faults)
        return frameable(page, 422)

    return carry_out(code, SetQuestion(question, read_keys(fields)), then=then, again=again)


@staff_only(Role.EDITOR)
def step_question(code: str, question: str, way: str) -> ResponseReturnValue:
    """Move a question one place up or down, over the border of its section as well."""
    sections = get_survey(reader(), code=code).definition["sections"]
    questions, position = locate({"sections": sections}, question)
    section = next(i for i, part in enumerate(sections) if part["questions"] is questions)
    if way == "up" and position == 0:
        section -= 1
        position = len(sections[section]["questions"]) if section >= 0 else 0
    elif way == "down" and position == len(questions) - 1:
        section, position = section + 1, 0
    else:
        position += -1 if way == "up" else 1
    if not 0 <= section < len(sections):
        return _go_back(code, question)
    operation = MoveQuestion(question, section, position)
    return carry_out(code, operation, then=lambda _done: _go_back(code, question))


@staff_only(Role.EDITOR)
def move_question(code: str, question: str) -> ResponseReturnValue:
    """Put a question where it was dropped."""
    section, position = (request.form.get(name, 0, type=int) for name in ("section", "position"))
    operation = MoveQuestion(question, section, position)
    return carry_out(code, operation, then=lambda _done: _go_back(code, question))


@staff_only(Role.EDITOR)
def copy_question(code: str, question: str) -> ResponseReturnValue:
    """Put a copy of a question below it, and open the copy."""

    def then(done: Done) -> ResponseReturnValue:
        return _go_open(code, done.name, "question_copied")

    return carry_out(code, DuplicateQuestion(question), then=then)


@staff_only(Role.EDITOR)
def delete_question(code: str, question: str) -> ResponseReturnValue:
    """Delete a question at once; the page that follows offers to undo it."""

    def then(_done: Done) -> ResponseReturnValue:
        return go(f"/surveys/{code}/questions?gone=question")

    return carry_out(code, DeleteQuestion(question), then=then)


def _go_open(
    code: str, question: str, said: str | None = None, *, blank: str = ""
) -> ResponseReturnValue:
    """Return to the open card; `blank` names the rows whose empty one is to be written next."""
    query = urlencode({"open": question, **({"blank": blank} if blank else {})})
    return go(f"/surveys/{code}/questions?{query}#q-{question}", said)


def _go_back(code: str, question: str) -> ResponseReturnValue:
    """Return to the column, where the card that was open stays so."""
    opened = request.form.get("open", "")
    query = f"?open={opened}" if opened else ""
    return go(f"/surveys/{code}/questions{query}#q-{question}")
