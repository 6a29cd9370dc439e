"""`/surveys/<code>/results`: what people answered, question by question."""

from random import Random

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from models import Role, SurveyState
from surveys.building.finding import get_survey
from surveys.extensions import reader, toolbox
from surveys.rates.results import read_results
from surveys.web.access import staff_only
from surveys.web.staff.builder.frame import make_frame
from surveys.web.staff.watching.result_views import view_of


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule("/surveys/<code>/results", view_func=show_results, methods=["GET"])


@staff_only(Role.VIEWER)
def show_results(code: str) -> ResponseReturnValue:
    """Show the results of a launched survey; a draft has none and is sent to its questions."""
    now = toolbox().clock.now()
    survey = get_survey(reader(), code=code)
    if survey.state_at(now) == SurveyState.DRAFT:
        return redirect(f"/surveys/{survey.code}/questions", 302)
    # Out of the order in which people answered, and the same however often it is looked at.
    generator = Random(survey.code)  # noqa: S311 - an order, no secret
    results = read_results(reader(), survey_id=survey.id, generator=generator)
    shown = [(part.title, [(q, view_of(q)) for q in part.questions]) for part in results.sections]
    return render_template(
        "staff/watching/results.html",
        survey=survey,
        frame=make_frame(survey, now=now),
        results=results,
        sections=[(title, questions) for title, questions in shown if questions],
        now=now,
    )
