"""What the plan of a draft posts: a mailing's words and time, one more, one less, the closing."""

from collections.abc import Callable

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from models import MailingKind, Role, Survey
from surveys.building.cleaning import EditRefused
from surveys.building.conflicts import EditConflict
from surveys.building.definition import from_document
from surveys.building.finding import get_survey
from surveys.building.local_time import list_mailing_times
from surveys.building.operations import (
    AddMailing,
    DeleteMailing,
    Operation,
    SetMailing,
    SetSurvey,
)
from surveys.errors import N_
from surveys.extensions import reader
from surveys.inviting.proposing import propose_subject, propose_time
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.builder.operating import perform
from surveys.web.staff.plan.mail_fields import to_keys, typed_form, with_faults
from surveys.web.staff.plan.mails_page import render_mails
from surveys.web.staff.plan.words import say_fault
from surveys.web.staff.saying import go
from surveys.web.words import gettext

saying.register(
    mailing_added=N_("A reminder was added. Look at its date and words."),
    mailing_deleted=N_("The e-mail was removed from the plan. “Undo” brings it back."),
)


def attach(blueprint: Blueprint) -> None:
    """Register the forms."""
    base = "/surveys/<code>/mails"
    routes: dict[str, Callable[..., ResponseReturnValue]] = {
        base: add_mailing,
        f"{base}/<int:index>": set_mailing,
        f"{base}/<int:index>/delete": delete_mailing,
        f"{base}/closing": set_closing,
    }
    for rule, view in routes.items():
        blueprint.add_url_rule(rule, view_func=view, methods=["POST"])


@staff_only(Role.EDITOR)
def add_mailing(code: str) -> ResponseReturnValue:
    """Add a reminder on the next good day, with a subject that the plan doesn't hold yet."""
    survey = get_survey(reader(), code=code)
    operation = AddMailing(_propose(survey))
    index = len(survey.definition["mailings"])
    return _carry(survey, operation, then=lambda: _go(code, index, "mailing_added"))


@staff_only(Role.EDITOR)
def set_mailing(code: str, index: int) -> ResponseReturnValue:
    """Save what the form says of one mailing."""
    survey = get_survey(reader(), code=code)
    form = typed_form(request.form, survey.definition["languages"])
    operation = SetMailing(index, request.form.get("kind", ""), to_keys(form))
    try:
        perform(code, operation)
    except EditRefused as refusal:
        return render_mails(survey, opened=index, form=with_faults(form, refusal), status=422)
    except EditConflict as conflict:
        faults = [(f"mail-{index}", _say(conflict))]
        return render_mails(survey, opened=index, form=form, faults=faults, status=409)
    closed = request.form.get("do") == "save"
    return go(f"/surveys/{code}/mails#mail-{index}") if closed else _go(code, index)


@staff_only(Role.EDITOR)
def delete_mailing(code: str, index: int) -> ResponseReturnValue:
    """Take a mailing out of the plan."""
    survey = get_survey(reader(), code=code)
    operation = DeleteMailing(index, request.form.get("kind", ""))
    return _carry(survey, operation, then=lambda: go(f"/surveys/{code}/mails", "mailing_deleted"))


@staff_only(Role.EDITOR)
def set_closing(code: str) -> ResponseReturnValue:
    """Save when the survey opens and closes."""
    survey = get_survey(reader(), code=code)
    keys = {key: request.form.get(key, "") for key in ("opens_at", "closes_at")}
    try:
        perform(code, SetSurvey(keys))
    except EditRefused as refusal:
        faults = [(fault.place, say_fault(fault)) for fault in refusal.faults]
        return render_mails(survey, closing_form=keys, faults=faults, status=422)
    except EditConflict as conflict:
        faults = [("closes_at", _say(conflict))]
        return render_mails(survey, closing_form=keys, faults=faults, status=409)
    return go(f"/surveys/{code}/mails#closing")


def _propose(survey: Survey) -> dict[str, object]:
    definition = from_document(survey.definition)
    asking = [
        at
        for at, mailing in zip(list_mailing_times(definition), definition.mailings, strict=True)
        if mailing.kind != MailingKind.THANKS
    ]
    taken = [mailing.subject for mailing in definition.mailings]
    return {
        "kind": MailingKind.REMINDER.value,
        "at": propose_time(last=max(asking), closes_at=definition.closes_at),
        "subject": propose_subject(taken, definition.languages),
    }


def _carry(
    survey: Survey, operation: Operation, *, then: Callable[[], ResponseReturnValue]
) -> ResponseReturnValue:
    """Perform an operation that carries nothing typed; what forbids it is told on the page."""
    try:
        perform(survey.code, operation)
    except EditRefused as refusal:
        faults = [("mails", say_fault(fault)) for fault in refusal.faults]
        return render_mails(survey, faults=faults, status=422)
    except EditConflict as conflict:
        return render_mails(survey, faults=[("mails", _say(conflict))], status=409)
    return then()


def _go(code: str, index: int, said: str | None = None) -> ResponseReturnValue:
    return go(f"/surveys/{code}/mails?open={index}#mail-{index}", said)


def _say(conflict: EditConflict) -> str:
    return gettext(conflict.message, **conflict.params)
