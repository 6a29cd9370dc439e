"""`/surveys/new`: a draft from a template or nothing, from a file, or from an earlier survey."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Role, Survey
from surveys.audit import record
from surveys.building.cleaning import EditRefused
from surveys.building.copying import copy_draft
from surveys.building.faults import DefinitionRefused
from surveys.building.finding import get_survey
from surveys.building.shipped import list_templates
from surveys.building.starting import NewDraft, start_draft
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.indicators.finding import HEADLINE, is_demo_only
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.builder.card_form import name_faults
from surveys.web.staff.builder.definition_files import (
    FaultLine,
    load_definition,
    read_sent,
    say_faults,
)
from surveys.web.staff.builder.frame import title_of
from surveys.web.staff.builder.operating import acting
from surveys.web.staff.builder.question_fields import read_text
from surveys.web.staff.saying import go

PAGE = "/surveys/new"
saying.register(
    survey_started=N_("The survey is made. Nobody is written to before you launch it."),
    survey_loaded=N_("The definition is loaded."),
    survey_copied=N_("The copy is made. Its codes are the same, its dates a year later."),
)


def attach(blueprint: Blueprint) -> None:
    """Register the page and its three forms."""
    blueprint.add_url_rule(PAGE, view_func=show_new, methods=["GET"])
    blueprint.add_url_rule(PAGE, view_func=start, methods=["POST"])
    blueprint.add_url_rule(f"{PAGE}/file", view_func=load_new, methods=["POST"])
    blueprint.add_url_rule(f"{PAGE}/copy", view_func=copy, methods=["POST"])


@staff_only(Role.EDITOR)
def show_new() -> ResponseReturnValue:
    """Show the ways to begin; `?from=<code>` proposes the survey to be copied."""
    return _render({"from": request.args.get("from", "")})


@staff_only(Role.EDITOR)
def start() -> ResponseReturnValue:
    """Begin with a template, or with one empty section."""
    form = request.form
    languages = form.getlist("languages")
    new = NewDraft(
        title=read_text(form.to_dict(flat=False), "title"),
        languages=languages,
        template=form.get("template") or None,
        code=form.get("code", "").strip() or None,
        is_demo=is_demo_only(reader(), code=HEADLINE),
    )
    now, actor = toolbox().clock.now(), acting()
    try:
        with transaction() as session:
            survey = start_draft(session, new=new, actor=actor, now=now)
            code = _note(session, survey, "survey.start")
    except EditRefused as refusal:
        return _render(form, errors=name_faults(refusal)), 422
    return go(f"/surveys/{code}/questions", "survey_started")


@staff_only(Role.EDITOR)
def load_new() -> ResponseReturnValue:
    """Begin with a definition file, sent or pasted."""
    text, filename = "", ""
    try:
        text, filename = read_sent()
        code = load_definition(text, filename=filename, over=None)
    except DefinitionRefused as refusal:
        shown = {"text": text, "filename": filename}
        return _render(shown, file_faults=say_faults(refusal)), 422
    return go(f"/surveys/{code}/questions", "survey_loaded")


@staff_only(Role.EDITOR)
def copy() -> ResponseReturnValue:
    """Begin with a copy of an earlier survey for another year."""
    form, now, actor = request.form, toolbox().clock.now(), acting()
    try:
        with transaction() as session:
            survey = copy_draft(
                session,
                survey=get_survey(session, code=form.get("from", "")),
                code=form.get("copy_code", "").strip() or None,
                year=form.get("year", type=int),
                actor=actor,
                now=now,
            )
            code = _note(session, survey, "survey.copy")
    except EditRefused as refusal:
        faults = name_faults(refusal).items()
        errors = {"copy_code" if field == "code" else field: words for field, words in faults}
        return _render(form, errors=errors), 422
    return go(f"/surveys/{code}/questions", "survey_copied")


def _note(session: Session, survey: Survey, action: str) -> str:
    now = toolbox().clock.now()
    record(session, actor=acting(), action=action, subject=f"survey:{survey.code}", now=now)
    return survey.code


def _render(
    typed: Mapping[str, Any],
    *,
    errors: Mapping[str, str] | None = None,
    file_faults: Sequence[FaultLine] = (),
) -> str:
    query = select(Survey).order_by(Survey.opens_at.desc(), Survey.id.desc())
    surveys = [(survey.code, title_of(survey)) for survey in reader().scalars(query)]
    return render_template(
        "staff/surveys/new.html",
        typed=typed,
        errors=errors or {},
        file_faults=file_faults,
        templates=list_templates(),
        languages=request.form.getlist("languages") or ["tr", "en"],
        surveys=surveys,
        next_year=toolbox().clock.now().year + 1,
    )
