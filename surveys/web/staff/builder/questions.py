"""`/surveys/<code>/questions`: the sections and questions of a draft in one column.

`?open=<question>` opens a card, `?edit=survey` the settings, `?edit=section-<index>` a section's
title, `?add=<index>` the choice of what to ask next there.
"""

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, make_response, request
from flask.typing import ResponseReturnValue

from models import Role, Survey
from surveys.building.finding import get_survey
from surveys.building.places import get_question
from surveys.delivery.letters import estimate_minutes
from surveys.extensions import reader
from surveys.i18n import LANGUAGES
from surveys.web.access import staff_only
from surveys.web.headers import CONTENT_SECURITY_POLICY
from surveys.web.staff.builder.card_form import make_card_form
from surveys.web.staff.builder.cards import Column, make_column
from surveys.web.staff.builder.frame import render_step
from surveys.web.staff.builder.question_fields import Fields, write_fields
from surveys.web.staff.builder.question_words import list_types
from surveys.web.staff.builder.settings_fields import (
    list_indicators,
    list_zones,
    write_settings,
)

POLICY = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule("/surveys/<code>/questions", view_func=show_questions, methods=["GET"])


@staff_only(Role.VIEWER)
def show_questions(code: str) -> ResponseReturnValue:
    """Show the questions of a survey."""
    survey = get_survey(reader(), code=code)
    return frameable(render_questions(survey, opened=request.args.get("open", "")))


def frameable(page: str, status: int = 200) -> Response:
    """Return the page with a policy that lets the preview stand in it."""
    response = make_response(page, status)
    response.headers["Content-Security-Policy"] = POLICY
    return response


def render_questions(
    survey: Survey,
    *,
    opened: str = "",
    fields: Fields | None = None,
    errors: Mapping[str, str] | None = None,
    settings: Fields | None = None,
) -> str:
    """Return the page with the card `opened`, or with what was typed (`fields`, `settings`)."""
    document = survey.definition
    languages: Sequence[str] = document.get("languages") or LANGUAGES
    column = make_column(document)
    card = column.card_by_code.get(opened)
    shown = fields or (write_fields(get_question(document, opened)) if card else {})
    settings_shown = settings or write_settings(document)
    return render_step(
        "staff/surveys/questions.html",
        survey=survey,
        column=column,
        form=make_card_form(
            column,
            card,
            fields=shown,
            languages=languages,
            errors=errors,
            blank=request.args.get("blank", ""),
        )
        if card
        else None,
        languages=languages,
        types=list_types(),
        edited="survey" if settings else request.args.get("edit", ""),
        adding=request.args.get("add", type=int),
        gone=request.args.get("gone"),
        settings=settings_shown,
        zones=list_zones(survey.definition.get("timezone", "")),
        indicators=list_indicators(reader(), survey),
        errors=errors or {},
        is_autosave="HX-Request" in request.headers and not request.form.get("do"),
        minutes=estimate_minutes(document),
        section_shown=_section_of(column, opened),
    )


def _section_of(column: Column, code: str) -> int:
    places = (part.index for part in column.parts for card in part.cards if card.code == code)
    return next(places, 0) + 1
