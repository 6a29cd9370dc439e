"""`/surveys/<code>/launch`: what is missing and where to mend it, then the launch itself.

Staff type how many people the e-mail goes to; another number launches nothing. Two presses at once
launch once.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from models import Role, Survey
from surveys import audit
from surveys.building.finding import get_survey
from surveys.building.revisions import SurveyAlreadyLaunched
from surveys.delivery.sender_domain import find_seen
from surveys.delivery.status import read_status
from surveys.errors import N_, DonutError
from surveys.extensions import reader, toolbox, transaction
from surveys.inviting.advice import is_night
from surveys.inviting.audience import AudienceRuleUnusable
from surveys.inviting.checking import Check, check
from surveys.inviting.launch import Expected, LaunchBlocked, launch
from surveys.notifying.trial_letter import list_tests
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.builder.frame import render_step
from surveys.web.staff.builder.operating import acting
from surveys.web.staff.plan.base_words import say_indicator_base
from surveys.web.staff.plan.checklist import TOO_LATE, Facts, make_checklist
from surveys.web.staff.plan.timeline import draft_rows
from surveys.web.staff.saying import go
from surveys.web.words import gettext

saying.register(launched=N_("The survey is launched."))
NOT_A_NUMBER = N_("Type how many people the e-mail goes to, in digits.")
Faults = list[tuple[str, str]]


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    rule = "/surveys/<code>/launch"
    blueprint.add_url_rule(rule, view_func=show_launch, methods=["GET"])
    blueprint.add_url_rule(rule, view_func=launch_survey, methods=["POST"])


@staff_only(Role.VIEWER)
def show_launch(code: str) -> ResponseReturnValue:
    """Show what a launch would do; a launched survey is shown itself."""
    survey = get_survey(reader(), code=code)
    return redirect(f"/surveys/{code}", 303) if survey.launched_at else _render(survey)


@staff_only(Role.EDITOR)
def launch_survey(code: str) -> ResponseReturnValue:
    """Launch the survey, or say what forbids it."""
    count = _read_count()
    if count is None:
        return _again(code, gettext(NOT_A_NUMBER)), 422
    try:
        _launch(code, count)
    except SurveyAlreadyLaunched:
        return go(f"/surveys/{code}", "launched")
    except LaunchBlocked as blocked:
        return _again(code, gettext(blocked.message, **blocked.params)), blocked.status
    except DonutError as error:
        return _again(code, gettext(error.message, **error.params)), error.status
    return go(f"/surveys/{code}", "launched")


def _launch(code: str, count: int) -> None:
    box = toolbox()
    now, due_now = box.clock.now(), request.form.get("when") == "now"
    with transaction() as session:
        survey = get_survey(session, code=code)
        launched = launch(
            session,
            survey=survey,
            keys=box.keys,
            now=now,
            due_now=due_now,
            expected=Expected(recipients=count),
        )
        audit.record(
            session,
            actor=acting(),
            action="survey.launch",
            subject=f"survey:{code}",
            now=now,
            invitations=launched.invitation_count,
            due_now=due_now,
            warnings=sorted({warning.code for warning in launched.check.warnings}),
        )


def _read_count() -> int | None:
    typed = re.sub(r"[\s.,]", "", request.form.get("recipients", ""))
    return int(typed) if re.fullmatch(r"[0-9]{1,9}", typed) else None


def _again(code: str, words: str) -> str:
    return _render(get_survey(reader(), code=code), faults=[("recipients", words)])


def _render(survey: Survey, *, faults: Faults | None = None) -> str:
    box = toolbox()
    now = box.clock.now()
    checked, broken = _check(survey)
    facts = Facts(
        survey=survey,
        tests=list_tests(reader(), survey=survey),
        outbox=read_status(reader(), survey_code=survey.code, now=now),
        records=find_seen(reader()),
        settings=box.settings,
        base=say_indicator_base(reader(), survey, now=now, zone=box.settings.zone),
        now=now,
    )
    codes = {note.code for note in checked.obstacles} if checked else {""}
    has_problems = bool(checked and checked.problems.blocking)
    return render_step(
        "staff/plan/launch.html",
        survey=survey,
        checked=checked,
        checklist=make_checklist(checked, facts) if checked else None,
        rows=draft_rows(checked) if checked else [],
        can_launch=current_user.role != Role.VIEWER and not has_problems and codes <= {TOO_LATE},
        is_too_late=TOO_LATE in codes,
        **_tell_hour(survey, now),
        typed=request.form.get("recipients", ""),
        is_now=request.form.get("when") == "now" or TOO_LATE in codes,
        faults=[*(faults or []), *broken],
    )


def _tell_hour(survey: Survey, now: datetime) -> dict[str, object]:
    """Return the hour at which a launch at once would write to people, and whether it is night."""
    local = now.astimezone(ZoneInfo(survey.definition["timezone"]))
    return {"here": f"{local:%H:%M}", "is_night": is_night(local)}


def _check(survey: Survey) -> tuple[Check | None, Faults]:
    box = toolbox()
    try:
        return check(reader(), survey=survey, keys=box.keys, now=box.clock.now()), []
    except AudienceRuleUnusable as unusable:
        return None, [("audience", gettext(unusable.message, **unusable.params))]
