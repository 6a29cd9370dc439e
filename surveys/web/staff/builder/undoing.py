"""Undo and redo from the head of every step: the newest operation on the draft, whoever did it."""

from collections.abc import Callable

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from models import Role, SurveyRevision
from surveys.audit import record
from surveys.building.editing import NothingToRedo, NothingToUndo, redo, undo
from surveys.building.finding import get_survey
from surveys.errors import N_
from surveys.extensions import toolbox, transaction
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.account.entering import own_path
from surveys.web.staff.builder.operating import acting
from surveys.web.staff.saying import go

saying.register(
    undone=N_("Undone."),
    redone=N_("Done again."),
    nothing_to_undo=N_("There is nothing to undo."),
    nothing_to_redo=N_("There is nothing to redo."),
)


def attach(blueprint: Blueprint) -> None:
    """Register both buttons."""
    for rule, view in (("undo", undo_last), ("redo", redo_last)):
        blueprint.add_url_rule(f"/surveys/<code>/{rule}", view_func=view, methods=["POST"])


@staff_only(Role.EDITOR)
def undo_last(code: str) -> ResponseReturnValue:
    """Take back the last operation."""
    try:
        _carry_out(code, undo, "draft.undo")
    except NothingToUndo as nothing:
        return go(_came_from(code), nothing.code)
    return go(_came_from(code), "undone")


@staff_only(Role.EDITOR)
def redo_last(code: str) -> ResponseReturnValue:
    """Do again what was undone last."""
    try:
        _carry_out(code, redo, "draft.redo")
    except NothingToRedo as nothing:
        return go(_came_from(code), nothing.code)
    return go(_came_from(code), "redone")


def _carry_out(code: str, work: Callable[..., SurveyRevision], action: str) -> None:
    now, actor = toolbox().clock.now(), acting()
    with transaction() as session:
        survey = get_survey(session, code=code)
        number = work(session, survey=survey, actor=actor, now=now).number
        subject = f"survey:{code}"
        record(session, actor=actor, action=action, subject=subject, now=now, revision=number)


def _came_from(code: str) -> str:
    return own_path(request.form.get("next") or f"/surveys/{code}/questions")
