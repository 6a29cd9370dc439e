"""`/surveys/<code>/history`: who changed what when, how the draft looked then, and the way back."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from models import Role
from surveys.audit import record
from surveys.building.editing import restore
from surveys.building.finding import get_survey
from surveys.building.history import list_history
from surveys.building.revisions import get_revision
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.builder.cards import make_column
from surveys.web.staff.builder.frame import render_step
from surveys.web.staff.builder.operating import acting
from surveys.web.staff.saying import go

saying.register(
    restored=N_("The survey is again as it was then. Undo brings the later state back.")
)


def attach(blueprint: Blueprint) -> None:
    """Register the pages and the way back."""
    base = "/surveys/<code>/history"
    blueprint.add_url_rule(base, view_func=show_history, methods=["GET"])
    blueprint.add_url_rule(f"{base}/<int:number>", view_func=show_revision, methods=["GET"])
    blueprint.add_url_rule(
        f"{base}/<int:number>/restore", view_func=restore_revision, methods=["POST"]
    )


@staff_only(Role.VIEWER)
def show_history(code: str) -> ResponseReturnValue:
    """Show the revisions, newest first."""
    survey = get_survey(reader(), code=code)
    steps = list_history(reader(), survey=survey)
    return render_step("staff/surveys/history.html", survey=survey, steps_done=steps)


@staff_only(Role.VIEWER)
def show_revision(code: str, number: int) -> ResponseReturnValue:
    """Show the questions as they stood after one revision."""
    survey = get_survey(reader(), code=code)
    revision = get_revision(reader(), survey, number)
    step = next(s for s in list_history(reader(), survey=survey) if s.number == number)
    column = make_column(revision.definition)
    return render_step("staff/surveys/revision.html", survey=survey, step_done=step, column=column)


@staff_only(Role.EDITOR)
def restore_revision(code: str, number: int) -> ResponseReturnValue:
    """Make the draft what it was after one revision."""
    now, actor = toolbox().clock.now(), acting()
    with transaction() as session:
        survey = get_survey(session, code=code)
        restore(session, survey=survey, number=number, actor=actor, now=now)
        subject = f"survey:{code}"
        record(
            session, actor=actor, action="draft.restore", subject=subject, now=now, number=number
        )
    return go(f"/surveys/{code}/questions", "restored")
