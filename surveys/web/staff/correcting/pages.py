"""`/surveys/<code>/correct`: all texts in one form; then what differs, side by side; then publish.

The same way stands open to a definition file, for questions that are to change themselves.
"""

import json
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from models import Role, Survey
from surveys.audit import record
from surveys.building.comparing import compare
from surveys.building.definition import to_document
from surveys.building.faults import DefinitionRefused
from surveys.building.finding import get_survey
from surveys.building.reading import read_definition
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.inviting.correcting import CORRECTABLE, count_waiting, revise
from surveys.inviting.lifecycle import require_running
from surveys.web.access import staff_only
from surveys.web.staff.builder.definition_files import read_sent, say_faults
from surveys.web.staff.builder.frame import render_step
from surveys.web.staff.builder.operating import acting
from surveys.web.staff.correcting.wording import list_groups, reword
from surveys.web.staff.saying import go, register
from surveys.web.words import gettext

register(
    nothing_differs=N_("Nothing differs from what people see, so nothing was published."),
    survey_corrected=N_("Published. Whoever has not answered yet sees the new version."),
)


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    path = "/surveys/<code>/correct"
    blueprint.add_url_rule(path, view_func=show_texts, methods=["GET"])
    blueprint.add_url_rule(path, view_func=review_texts, methods=["POST"])
    blueprint.add_url_rule(f"{path}/file", view_func=review_file, methods=["POST"])
    blueprint.add_url_rule(f"{path}/publish", view_func=publish_version, methods=["POST"])


@staff_only(Role.EDITOR)
def show_texts(code: str) -> ResponseReturnValue:
    """Show every text of a survey that runs, to be written anew."""
    return _render_form(_get_running(code))


@staff_only(Role.EDITOR)
def review_texts(code: str) -> ResponseReturnValue:
    """Show the changed texts beside those of now, or what is wrong with them."""
    survey = _get_running(code)
    document, faults = reword(survey.versions[-1].definition, request.form)
    if faults:
        errors = {name: gettext(fault.message, **fault.params) for name, fault in faults}
        return _render_form(survey, typed=request.form, errors=errors), 422
    return _review(survey, document)


@staff_only(Role.EDITOR)
def review_file(code: str) -> ResponseReturnValue:
    """Show what a definition file would change, or every fault in it."""
    survey, text = _get_running(code), ""
    try:
        text, filename = read_sent()
        document = to_document(read_definition(text, filename=filename))
    except DefinitionRefused as refusal:
        return _render_form(survey, text=text, file_faults=say_faults(refusal)), 422
    return _review(survey, document)


@staff_only(Role.EDITOR)
def publish_version(code: str) -> ResponseReturnValue:
    """Publish what was reviewed as the survey's next version."""
    document = to_document(
        read_definition(request.form.get("document", ""), filename="reviewed.json")
    )
    now, actor = toolbox().clock.now(), acting()
    with transaction() as session:
        survey, base = get_survey(session, code=code), request.form.get("version", 0, type=int)
        revised = revise(
            session, survey=survey, document=document, base_number=base, actor=actor, now=now
        )
        if revised is None:
            return go(f"/surveys/{code}/correct", "nothing_differs")
        details = {"version": revised.version.number, "people": revised.invitation_count}
        subject = f"survey:{code}"
        record(session, actor=actor, action="survey.correct", subject=subject, now=now, **details)
    return go(f"/surveys/{code}", "survey_corrected")


def _get_running(code: str) -> Survey:
    survey = get_survey(reader(), code=code)
    require_running(survey, toolbox().clock.now())
    return survey


def _render_form(survey: Survey, **shown: Any) -> str:
    document = survey.versions[-1].definition
    usual = {"typed": {}, "errors": {}, "text": "", "file_faults": ()}
    return render_step(
        "staff/correcting/texts.html",
        survey=survey,
        groups=list_groups(document),
        languages=document["languages"],
        **{**usual, **shown},
    )


def _review(survey: Survey, document: dict[str, Any]) -> ResponseReturnValue:
    latest = survey.versions[-1]
    changed = {**latest.definition, **{key: document[key] for key in CORRECTABLE}}
    difference = compare(latest.definition, changed)
    if not difference.words and not difference.meaning:
        return go(f"/surveys/{survey.code}/correct", "nothing_differs")
    return render_step(
        "staff/correcting/review.html",
        survey=survey,
        difference=difference,
        version=latest.number,
        waiting=count_waiting(reader(), survey=survey),
        languages=changed["languages"],
        document=json.dumps(changed, ensure_ascii=False),
    )
