"""`/surveys/<code>/audience`: whom a survey asks, how many that are, and who is left out and why.

Every change of the form is saved at once, by script on change and by a button without one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from models import Role, Survey
from surveys.building.cleaning import EditRefused
from surveys.building.conflicts import EditConflict
from surveys.building.finding import get_survey
from surveys.building.operations import SetAudience
from surveys.errors import DonutError
from surveys.extensions import reader, toolbox
from surveys.inviting.audience import AudienceRuleUnusable
from surveys.inviting.checking import Check, check
from surveys.inviting.choices import list_choices
from surveys.web.access import staff_only
from surveys.web.staff.builder.frame import render_step
from surveys.web.staff.builder.operating import perform
from surveys.web.staff.plan import audience_fields as fields
from surveys.web.staff.plan.words import LANGUAGE_WORDS, REASONS, field_name, say_fault
from surveys.web.staff.saying import go
from surveys.web.words import gettext

Faults = Sequence[tuple[str, str]]
PLACES = {"audience.graduation_year": fields.FROM, fields.GAP: fields.GAP}


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    rule = "/surveys/<code>/audience"
    blueprint.add_url_rule(rule, view_func=show_audience, methods=["GET"])
    blueprint.add_url_rule(rule, view_func=set_audience, methods=["POST"])


@staff_only(Role.VIEWER)
def show_audience(code: str) -> ResponseReturnValue:
    """Show whom the survey asks."""
    return _render(get_survey(reader(), code=code))


@staff_only(Role.EDITOR)
def set_audience(code: str) -> ResponseReturnValue:
    """Save the audience as the form says."""
    typed = _read_typed(get_survey(reader(), code=code))
    try:
        perform(code, SetAudience(typed["audience"], typed[fields.GAP]))
    except EditRefused as refusal:
        faults = [(PLACES.get(f.place, "audience"), say_fault(f)) for f in refusal.faults]
        return _render(get_survey(reader(), code=code), typed=typed, faults=faults), 422
    except EditConflict as conflict:
        faults = [("audience", _say(conflict))]
        return _render(get_survey(reader(), code=code), typed=typed, faults=faults), 409
    return go(f"/surveys/{code}/audience")


def _read_typed(survey: Survey) -> dict[str, Any]:
    """Return the part of the document that the posted form says."""
    audience = survey.definition.get("audience") or {}
    choices = list_choices(reader(), audience=audience, is_demo=survey.is_demo)
    form = fields.write_form(survey.definition, choices)
    wanted = fields.read_audience(request.form, form, audience)
    return {"audience": wanted, fields.GAP: request.form.get(fields.GAP, "0")}


def _render(survey: Survey, *, typed: Mapping[str, Any] | None = None, faults: Faults = ()) -> str:
    document = typed or survey.definition
    audience = document.get("audience") or {}
    choices = list_choices(reader(), audience=audience, is_demo=survey.is_demo)
    checked, broken = _check(survey)
    can_edit = survey.launched_at is None and current_user.role != Role.VIEWER
    return render_step(
        "staff/plan/audience.html",
        survey=survey,
        form=fields.write_form(document, choices),
        gaps=fields.GAPS,
        checked=checked,
        reasons=REASONS,
        field_name=field_name,
        language_words=LANGUAGE_WORDS,
        can_edit=can_edit,
        faults=[*faults, *broken],
    )


def _check(survey: Survey) -> tuple[Check | None, Faults]:
    box = toolbox()
    try:
        return check(reader(), survey=survey, keys=box.keys, now=box.clock.now()), ()
    except AudienceRuleUnusable as unusable:
        return None, [("audience", _say(unusable))]


def _say(error: DonutError) -> str:
    return gettext(error.message, **error.params)
