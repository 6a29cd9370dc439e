"""`/roster/suppressions`: who gets no more mail, since when, and why."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from models import Role, SuppressionReason
from surveys.extensions import reader
from surveys.indicators.finding import HEADLINE, is_demo_only
from surveys.roster.stopped import list_stopped
from surveys.web.access import staff_only
from surveys.web.staff.roster.list_page import ALL
from surveys.web.staff.roster.person_page import STOP_LABELS, name_of
from surveys.web.staff.roster.staff_names import name_staff
from surveys.web.words import gettext


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule("/roster/suppressions", view_func=list_suppressions, methods=["GET"])


@staff_only(Role.VIEWER)
def list_suppressions() -> ResponseReturnValue:
    """Show the list, the newest first."""
    session, reason = reader(), request.args.get("reason", "")
    chosen = SuppressionReason(reason) if reason in set(SuppressionReason) else None
    stopped = list_stopped(
        session,
        reason=chosen,
        is_demo=is_demo_only(session, code=HEADLINE),
        before=request.args.get("before", type=int),
    )
    return render_template(
        "staff/roster/suppressions.html",
        stopped=stopped,
        reason=reason,
        reason_choices=[("", gettext(ALL)), *_list_reasons()],
        stop_labels=STOP_LABELS,
        name_of=name_of,
        names=name_staff(session, [row.created_by for row, _ in stopped.rows]),
    )


def _list_reasons() -> list[tuple[str, str]]:
    return [(reason, gettext(label)) for reason, label in STOP_LABELS.items()]
