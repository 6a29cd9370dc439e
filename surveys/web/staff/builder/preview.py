"""`/surveys/<code>/preview`: the draft as its people will see it, by the respondent's own pages.

Its form asks by GET: it can be walked through with conditions and mistakes, and stores nothing.
It stands in a frame beside the questions, which its own policy allows to our pages alone.
"""

from dataclasses import replace
from typing import Any

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from models import Role, Survey
from surveys.answering.opening import Sheet
from surveys.answering.reading import field_names
from surveys.building.definition import Definition, Section, from_document
from surveys.building.finding import get_survey
from surveys.delivery.letters import closing_day, estimate_minutes
from surveys.delivery.links import Links
from surveys.extensions import reader, toolbox
from surveys.i18n import pick_language
from surveys.inviting.sample import find_person
from surveys.web.access import staff_only
from surveys.web.headers import CONTENT_SECURITY_POLICY
from surveys.web.respondent.pages import make_page
from surveys.web.staff.builder.walking import Fields, Stop, walk
from surveys.web.words import current_language, use_language

POLICY = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
NOWHERE = "#main"


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule("/surveys/<code>/preview", view_func=show_preview, methods=["GET"])


@staff_only(Role.VIEWER)
def show_preview(code: str) -> ResponseReturnValue:
    """Show one section of the draft, or the thanks after the last."""
    survey = get_survey(reader(), code=code)
    definition = _read_draft(survey)
    use_language(_choose_language(definition))
    response = make_response(_render(survey, definition))
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _render(survey: Survey, definition: Definition) -> str:
    wanted = request.args
    fields = _read_fields(definition)
    number = wanted.get("_section", wanted.get("section", 1, type=int), type=int)
    stop = walk(definition, fields, section=number - 1, action=wanted.get("_action", ""))
    person = find_person(reader(), survey=survey, after=wanted.get("after", 0, type=int))
    shown = _show_thanks(survey) if stop.section is None else _show_form(definition, stop, fields)
    return render_template(
        "staff/surveys/preview.html",
        **shown,
        survey=survey,
        stop=stop,
        after=person.id - 1 if person else 0,
        person=person,
        section_count=len(definition.sections),
        invitation={"survey": survey, "alumnus": person or {"given_name": ""}},
        links=Links(f"/surveys/{survey.code}/preview", NOWHERE, NOWHERE, NOWHERE),
        languages=definition.languages,
        minutes=estimate_minutes(survey.definition),
        is_framed=request.headers.get("Sec-Fetch-Dest") == "iframe",
    )


def _read_draft(survey: Survey) -> Definition:
    definition = from_document(survey.definition)
    return replace(definition, sections=definition.sections or [Section({}, [])])


def _read_fields(definition: Definition) -> Fields:
    fields = request.args.to_dict(flat=False)
    known = {name for q in definition.questions() for name in field_names(q)}
    return {name: values for name, values in fields.items() if name in known}


def _show_form(definition: Definition, stop: Stop, fields: Fields) -> dict[str, Any]:
    sheet = Sheet(definition, stop.answers, revision=0, is_changing=False)
    page = make_page(
        sheet, section=stop.section or 0, answers=stop.answers, fields=fields, faults=stop.faults
    )
    shown = {"page": page, "is_return": False, "notice": None}
    return {"shown_page": "respondent/survey.html", **shown}


def _show_thanks(survey: Survey) -> dict[str, Any]:
    zone = toolbox().settings.zone
    day = closing_day(survey, zone=zone, language=current_language())
    shown = {"is_late": False, "is_open": True, "closing_day": day}
    return {"shown_page": "respondent/thanks.html", **shown}


def _choose_language(definition: Definition) -> str:
    known = definition.languages
    wishes = (request.args.get("lang"), request.args.get("_lang"), current_language())
    return pick_language(*(wish for wish in wishes if wish in known), default=known[0])
