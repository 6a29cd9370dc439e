"""`/surveys/<code>/audience/left-out/<reason>`: the names behind a number of the audience."""

from itertools import islice

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from models import Role
from surveys.building.finding import get_survey
from surveys.extensions import reader, toolbox
from surveys.inviting.left_out import iterate_left_out
from surveys.web.access import staff_only
from surveys.web.staff.builder.frame import render_step
from surveys.web.staff.plan.words import REASONS

PAGE_SIZE = 50
LAST_PAGE = 1_000_000


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    rule = "/surveys/<code>/audience/left-out/<reason>"
    blueprint.add_url_rule(rule, view_func=show_left_out, methods=["GET"])


@staff_only(Role.VIEWER)
def show_left_out(code: str, reason: str) -> ResponseReturnValue:
    """Show one page of those who get no mail for `reason`."""
    survey, box = get_survey(reader(), code=code), toolbox()
    if reason not in REASONS:
        abort(404)
    number = max(1, min(request.args.get("page", 1, type=int), LAST_PAGE))
    everybody = iterate_left_out(
        reader(), survey=survey, reason=reason, keys=box.keys, now=box.clock.now()
    )
    start = (number - 1) * PAGE_SIZE
    people = list(islice(everybody, start, start + PAGE_SIZE + 1))
    return render_step(
        "staff/plan/left_out.html",
        survey=survey,
        reason=REASONS[reason],
        people=people[:PAGE_SIZE],
        number=number,
        has_more=len(people) > PAGE_SIZE,
    )
