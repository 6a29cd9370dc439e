"""`/surveys/<code>`: who answered a launched survey, what became of the rest, what is next."""

from datetime import datetime, tzinfo

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from models import Role, SurveyState
from surveys.building.finding import get_survey
from surveys.extensions import reader, toolbox
from surveys.rates.dispositions import DISPOSITIONS
from surveys.rates.formulas import FORMULAS
from surveys.rates.outlook_words import tell_outlook
from surveys.web.access import staff_only
from surveys.web.staff.builder.frame import make_frame
from surveys.web.staff.drawings.answers import Answers, draw_answers
from surveys.web.staff.drawings.curve import list_days
from surveys.web.staff.watching.heat_view import shade_heat
from surveys.web.staff.watching.reading import SurveyWatch, read_watch
from surveys.web.staff.watching.steps import list_steps
from surveys.web.words import current_language

DECIMALS = 1


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule("/surveys/<code>", view_func=show_survey, methods=["GET"])


@staff_only(Role.VIEWER)
def show_survey(code: str) -> ResponseReturnValue:
    """Show a launched survey; a draft is sent to its questions."""
    tools = toolbox()
    now, zone = tools.clock.now(), tools.settings.zone
    survey = get_survey(reader(), code=code)
    if survey.state_at(now) == SurveyState.DRAFT:
        return redirect(f"/surveys/{survey.code}/questions", 302)
    watch = read_watch(reader(), survey=survey, now=now, zone=zone)
    return render_template("staff/watching/survey.html", **_context(watch, now, zone))


def _context(watch: SurveyWatch, now: datetime, zone: tzinfo) -> dict[str, object]:
    survey, language = watch.survey, current_language()
    rate = watch.rates["RR1"]
    answers = Answers(
        points=watch.points,
        marks=watch.marks,
        outlook=watch.outlook,
        base=rate.denominator,
        target=None,
        decimals=DECIMALS,
        first_at=survey.opens_at,
        last_at=survey.ends_at(),
    )
    return {
        "watch": watch,
        "survey": survey,
        "frame": make_frame(survey, now=now),
        "now": now,
        "formulas": FORMULAS,
        "known": DISPOSITIONS,
        "outlook": tell_outlook(
            watch.outlook,
            base=rate.denominator,
            target=None,
            ends_at=survey.ends_at(),
            language=language,
            zone=zone,
        ),
        "days_left": max(0, (survey.ends_at() - now).days),
        "drawings": draw_answers(answers, now=now, zone=zone, language=language),
        "table": list_days(watch.points),
        "steps": list_steps(watch.funnel),
        "heat": shade_heat(watch.heat),
    }
