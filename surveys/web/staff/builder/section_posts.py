"""What the buttons and forms of the sections do, and the form of the survey's own settings."""

from collections.abc import Callable

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from models import Role
from surveys.building.cleaning import EditRefused
from surveys.building.finding import get_survey
from surveys.building.operations import (
    AddSection,
    DeleteSection,
    MoveSection,
    SetSection,
    SetSurvey,
)
from surveys.errors import N_
from surveys.extensions import reader
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.builder.card_form import name_faults
from surveys.web.staff.builder.operating import Done, carry_out
from surveys.web.staff.builder.question_fields import read_text
from surveys.web.staff.builder.questions import frameable, render_questions
from surveys.web.staff.builder.settings_fields import read_settings
from surveys.web.staff.saying import go

saying.register(section_added=N_("The section was added. Give it a title."))


def attach(blueprint: Blueprint) -> None:
    """Register what the sections and the settings post."""
    base = "/surveys/<code>/sections"
    routes: dict[str, Callable[..., ResponseReturnValue]] = {
        base: add_section,
        f"{base}/<int:section>": set_section,
        f"{base}/<int:section>/<any(up, down):way>": step_section,
        f"{base}/<int:section>/delete": delete_section,
        "/surveys/<code>/settings": set_survey,
    }
    for rule, view in routes.items():
        blueprint.add_url_rule(rule, view_func=view, methods=["POST"])


@staff_only(Role.EDITOR)
def add_section(code: str) -> ResponseReturnValue:
    """Add an empty section at the end and ask for its title."""

    def then(done: Done) -> ResponseReturnValue:
        place = f"?edit=section-{done.name}#section-{done.name}"
        return go(f"/surveys/{code}/questions{place}", "section_added")

    return carry_out(code, AddSection({}), then=then)


@staff_only(Role.EDITOR)
def set_section(code: str, section: int) -> ResponseReturnValue:
    """Save a section's title."""
    title = read_text(request.form.to_dict(flat=False), "title")
    return carry_out(code, SetSection(section, {"title": title}), then=lambda d: _go(code, d))


@staff_only(Role.EDITOR)
def step_section(code: str, section: int, way: str) -> ResponseReturnValue:
    """Move a section with its questions one place up or down."""
    operation = MoveSection(section, section + (1 if way == "down" else -1))
    return carry_out(code, operation, then=lambda done: _go(code, done))


@staff_only(Role.EDITOR)
def delete_section(code: str, section: int) -> ResponseReturnValue:
    """Delete a section with its questions at once; the page that follows offers to undo it."""

    def then(_done: Done) -> ResponseReturnValue:
        return go(f"/surveys/{code}/questions?gone=section")

    return carry_out(code, DeleteSection(section), then=then)


@staff_only(Role.EDITOR)
def set_survey(code: str) -> ResponseReturnValue:
    """Save title, purpose, dates and the like."""
    fields = request.form.to_dict(flat=False)

    def again(refusal: EditRefused) -> ResponseReturnValue:
        survey, faults = get_survey(reader(), code=code), name_faults(refusal)
        return frameable(render_questions(survey, settings=fields, errors=faults), 422)

    def then(_done: Done) -> ResponseReturnValue:
        closed = request.form.get("do") == "save"
        return go(f"/surveys/{code}/questions{'' if closed else '?edit=survey'}")

    return carry_out(code, SetSurvey(read_settings(fields)), then=then, again=again)


def _go(code: str, done: Done) -> ResponseReturnValue:
    return go(f"/surveys/{code}/questions#section-{done.name}")
