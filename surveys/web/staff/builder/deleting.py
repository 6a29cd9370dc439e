"""`/surveys/<code>/delete`: a draft that nobody was asked about goes, once its code is typed."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from models import Role
from surveys.audit import record
from surveys.building.drafts import LaunchedSurveyStays, discard_draft
from surveys.building.finding import get_survey
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.builder.frame import render_step
from surveys.web.staff.builder.operating import acting
from surveys.web.staff.saying import go
from surveys.web.words import gettext

saying.register(survey_deleted=N_("The draft was deleted."))
_NOT_TYPED = N_("Type the code as it stands there: %(code)s")


def attach(blueprint: Blueprint) -> None:
    """Register the question and its answer."""
    rule = "/surveys/<code>/delete"
    blueprint.add_url_rule(rule, view_func=ask_whether_to_delete, methods=["GET"])
    blueprint.add_url_rule(rule, view_func=delete_survey, methods=["POST"])


@staff_only(Role.EDITOR)
def ask_whether_to_delete(code: str) -> ResponseReturnValue:
    """Ask for the draft's code before it goes."""
    return _render(code)


@staff_only(Role.EDITOR)
def delete_survey(code: str) -> ResponseReturnValue:
    """Delete the draft when its code was typed."""
    typed = request.form.get("code", "")
    if typed.strip() != code:
        return _render(code, typed=typed, fault=gettext(_NOT_TYPED, code=code)), 422
    now, actor, subject = toolbox().clock.now(), acting(), f"survey:{code}"
    with transaction() as session:
        discard_draft(session, survey=get_survey(session, code=code))
        record(session, actor=actor, action="survey.delete", subject=subject, now=now)
    return go("/surveys", "survey_deleted")


def _render(code: str, *, typed: str = "", fault: str | None = None) -> str:
    survey = get_survey(reader(), code=code)
    if survey.launched_at is not None:
        raise LaunchedSurveyStays(survey=code)
    return render_step("staff/surveys/delete.html", survey=survey, typed=typed, fault=fault)
