"""What can be done to a survey that runs: pause and resume its mails, close it."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import Role, Survey
from surveys import audit
from surveys.building.finding import get_survey
from surveys.errors import N_, DonutError
from surveys.extensions import reader, toolbox, transaction
from surveys.inviting import lifecycle
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.account.entering import own_path
from surveys.web.staff.builder.operating import acting
from surveys.web.staff.plan.mails_page import render_mails
from surveys.web.staff.saying import go
from surveys.web.words import gettext

saying.register(
    survey_paused=N_("The e-mails are paused. People can still answer."),
    survey_resumed=N_("The e-mails go on; what is due is sent."),
    survey_closed=N_("The survey is closed: no more e-mail goes out, no more answers are taken."),
)
NOT_CONFIRMED = N_("The survey was not closed: type its code to confirm.")


class Change(Protocol):
    """One of the ways to change a launched survey."""

    def __call__(self, session: Session, *, survey: Survey, now: datetime) -> object:
        """Change it, or raise a refusal."""


def attach(blueprint: Blueprint) -> None:
    """Register the forms."""
    routes: dict[str, Callable[..., ResponseReturnValue]] = {
        "pause": pause_survey,
        "resume": resume_survey,
        "close": close_survey,
    }
    for rule, view in routes.items():
        blueprint.add_url_rule(f"/surveys/<code>/{rule}", view_func=view, methods=["POST"])


@staff_only(Role.EDITOR)
def pause_survey(code: str) -> ResponseReturnValue:
    """Stop the mails of a survey until it is resumed."""
    return _carry(code, lifecycle.pause, "survey.pause", said="survey_paused")


@staff_only(Role.EDITOR)
def resume_survey(code: str) -> ResponseReturnValue:
    """Let the mails of a paused survey go on."""
    return _carry(code, lifecycle.resume, "survey.resume", said="survey_resumed")


@staff_only(Role.EDITOR)
def close_survey(code: str) -> ResponseReturnValue:
    """End a survey before its closing time, once its code was typed."""
    if request.form.get("confirmation", "").strip() != code:
        survey = get_survey(reader(), code=code)
        faults = [("confirmation", gettext(NOT_CONFIRMED))]
        return render_mails(survey, faults=faults, status=422)
    return _carry(code, lifecycle.close, "survey.close", said="survey_closed")


def _carry(code: str, change: Change, action: str, *, said: str) -> ResponseReturnValue:
    """Change the survey, write the audit trail, go back; a refusal is told on the plan's page."""
    now = toolbox().clock.now()
    try:
        with transaction() as session:
            change(session, survey=get_survey(session, code=code), now=now)
            subject = f"survey:{code}"
            audit.record(session, actor=acting(), action=action, subject=subject, now=now)
    except DonutError as error:
        survey = get_survey(reader(), code=code)
        faults = [("mails", gettext(error.message, **error.params))]
        return render_mails(survey, faults=faults, status=error.status)
    return go(own_path(request.form.get("next") or f"/surveys/{code}"), said)
