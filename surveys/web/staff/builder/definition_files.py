"""Definition files in and out: `/surveys/<code>/definition.yaml`, and loading one over a draft."""

import json
from dataclasses import dataclass, replace

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import exists, select

from models import Role, Survey
from surveys.audit import record
from surveys.building.drafts import save_draft
from surveys.building.exporting import write_definition
from surveys.building.faults import DefinitionRefused, Fault
from surveys.building.finding import get_survey
from surveys.building.reading import read_definition
from surveys.building.source import LIMIT_BYTES, decode
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.indicators.finding import HEADLINE, is_demo_only
from surveys.web.access import staff_only
from surveys.web.staff.builder.frame import render_step
from surveys.web.staff.builder.operating import acting
from surveys.web.staff.saying import go
from surveys.web.words import gettext

_NOTHING = N_("Choose a file, or paste the definition into the box.")
_EXISTS = N_(
    "There is a survey with the code %(code)s already. Open it to load the file over it, or change"
    " the code in the file."
)
CONTENT_TYPES = {"yaml": "application/yaml", "json": "application/json"}


@dataclass(frozen=True)
class FaultLine:
    """One fault of a file in words: its place, and its line where known."""

    place: str
    line: int | None
    words: str


def attach(blueprint: Blueprint) -> None:
    """Register the downloads, and the page that loads a file over a draft."""
    base = "/surveys/<code>"
    download = f"{base}/definition.<any(yaml, json):kind>"
    blueprint.add_url_rule(download, view_func=send_definition, methods=["GET"])
    blueprint.add_url_rule(f"{base}/import", view_func=show_import, methods=["GET"])
    blueprint.add_url_rule(f"{base}/import", view_func=load_over, methods=["POST"])


@staff_only(Role.VIEWER)
def send_definition(code: str, kind: str) -> ResponseReturnValue:
    """Send the survey's definition as a file."""
    survey = get_survey(reader(), code=code)
    if kind == "yaml":
        text = write_definition(survey.definition)
    else:
        text = json.dumps(survey.definition, ensure_ascii=False, indent=2)
    response = Response(text, content_type=f"{CONTENT_TYPES[kind]}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{survey.code}.{kind}"'
    return response


@staff_only(Role.EDITOR)
def show_import(code: str) -> ResponseReturnValue:
    """Ask for a definition that is to replace the draft."""
    survey = get_survey(reader(), code=code)
    return render_step("staff/surveys/import.html", survey=survey, text="", file_faults=())


@staff_only(Role.EDITOR)
def load_over(code: str) -> ResponseReturnValue:
    """Replace the draft by a file, sent or pasted; its code stays, and undo takes it back."""
    text = ""
    try:
        text, filename = read_sent()
        load_definition(text, filename=filename, over=code)
    except DefinitionRefused as refusal:
        survey, faults = get_survey(reader(), code=code), say_faults(refusal)
        page = render_step(
            "staff/surveys/import.html", survey=survey, text=text, file_faults=faults
        )
        return page, 422
    return go(f"/surveys/{code}/questions", "survey_loaded")


def say_faults(refusal: DefinitionRefused) -> list[FaultLine]:
    """Return the faults in the page's language, in the order in which they stand in the file."""
    return [
        FaultLine(fault.place, fault.line, gettext(fault.message, **fault.params))
        for fault in refusal.faults
    ]


def read_sent() -> tuple[str, str]:
    """Return the definition's text and a file name that tells its format.

    A file that was chosen counts before what was pasted. Raises DefinitionRefused.
    """
    sent = request.files.get("file")
    if sent and sent.filename:
        return decode(sent.stream.read(LIMIT_BYTES + 1)), sent.filename
    text = request.form.get("text", "")
    if not text.strip():
        raise DefinitionRefused([Fault("", _NOTHING)])
    return text, "pasted.json" if text.lstrip().startswith("{") else "pasted.yaml"


def load_definition(text: str, *, filename: str, over: str | None) -> str:
    """Save the definition as a draft of its own code, or `over` the draft of another; its code.

    Raises DefinitionRefused with every fault.
    """
    definition = read_definition(text, filename=filename)
    now, actor = toolbox().clock.now(), acting()
    with transaction() as session:
        is_demo = is_demo_only(session, code=HEADLINE)
        if over is not None:
            is_demo = get_survey(session, code=over).is_demo
            definition = replace(definition, code=over)
        elif session.scalar(select(exists().where(Survey.code == definition.code))):
            raise DefinitionRefused([Fault("code", _EXISTS, {"code": definition.code})])
        save_draft(session, definition=definition, is_demo=is_demo, now=now, actor=actor)
        subject = f"survey:{definition.code}"
        record(session, actor=actor, action="survey.load", subject=subject, now=now)
    return definition.code
