"""`/`: where the indicator stands and will end, where people are lost, what to do next."""

from datetime import datetime, tzinfo

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from models import Role
from surveys.extensions import reader, toolbox
from surveys.indicators import words
from surveys.rates.outlook_words import tell_outlook
from surveys.web.access import staff_only
from surveys.web.staff.account.entering import get_signed_in
from surveys.web.staff.drawings.answers import Answers, draw_answers
from surveys.web.staff.drawings.curve import Drawing, list_days
from surveys.web.staff.overview.key_todos import list_key_todos
from surveys.web.staff.overview.reading import Overview, read_overview
from surveys.web.staff.overview.todos import Todo, list_todos
from surveys.web.staff.overview.webhook_todos import list_webhook_todos
from surveys.web.staff.watching.heat_view import shade_heat
from surveys.web.staff.watching.steps import list_steps
from surveys.web.words import current_language


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule("/", view_func=show_overview, methods=["GET"])


@staff_only(Role.VIEWER)
def show_overview() -> ResponseReturnValue:
    """Show the overview of this year, or of the one in `?year=`."""
    tools = toolbox()
    now, zone = tools.clock.now(), tools.settings.zone
    overview = read_overview(reader(), year=request.args.get("year", type=int), now=now, zone=zone)
    return render_template("staff/overview/overview.html", **_context(overview, now, zone))


def _context(overview: Overview, now: datetime, zone: tzinfo) -> dict[str, object]:
    value, language = overview.value, current_language()
    days_left = _days_left(overview, now)
    return {
        "overview": overview,
        "value": value,
        "years": _years(overview, now, zone),
        "name": words.name_of(value, language=language),
        "verdict": words.verdict_of(value, language=language),
        "outlook": _tell_outlook(overview, zone),
        "formula": words.formula_of(value, language=language),
        "performance": words.performance_of(value, language=language),
        "facts": words.list_facts(value, language=language, zone=zone),
        "days_left": days_left,
        "pace": _pace(overview, days_left),
        "drawings": _draw(overview, now, zone),
        "table": list_days(overview.points),
        "steps": list_steps(overview.funnel),
        "heat": shade_heat(overview.heat),
        "todos": [] if overview.is_past else _list_todos(overview, now, zone),
    }


def _list_todos(overview: Overview, now: datetime, zone: tzinfo) -> list[Todo]:
    """Return what is to be done, the urgent first; only admins see to other systems."""
    todos = list_todos(overview)
    if get_signed_in().role == Role.ADMIN:
        todos += list_key_todos(reader(), now=now, zone=zone) + list_webhook_todos(reader())
    return sorted(todos, key=lambda todo: not todo.is_urgent)


def _years(overview: Overview, now: datetime, zone: tzinfo) -> list[int]:
    """Return the years to switch between: those with a target or a survey, none to come."""
    this_year = now.astimezone(zone).year
    known = {*overview.value.known.definition.targets, this_year, overview.value.period.year}
    known |= {line.opens_at.astimezone(zone).year for line in overview.lines}
    return sorted(year for year in known if year <= this_year)


def _days_left(overview: Overview, now: datetime) -> int | None:
    """Return the whole days until the last of the year's surveys closes; None when all have."""
    if not overview.counted or overview.last_at <= now:
        return None
    return (overview.last_at - now).days


def _pace(overview: Overview, days_left: int | None) -> int | None:
    """Return the answers a day that it takes to the target; None when that says nothing."""
    missing = overview.value.missing
    return -(-missing // max(1, days_left)) if missing and days_left is not None else None


def _tell_outlook(overview: Overview, zone: tzinfo) -> str | None:
    if overview.outlook is None or overview.is_past or overview.value.is_met:
        return None
    return tell_outlook(
        overview.outlook,
        base=overview.value.rate.denominator,
        target=overview.value.target,
        ends_at=overview.last_at,
        language=current_language(),
        zone=zone,
    )


def _draw(overview: Overview, now: datetime, zone: tzinfo) -> list[Drawing]:
    if overview.outlook is None:
        return []
    answers = Answers(
        points=overview.points,
        marks=overview.marks,
        outlook=overview.outlook,
        base=overview.value.rate.denominator,
        target=overview.value.target,
        decimals=overview.value.known.definition.decimals,
        first_at=overview.first_at,
        last_at=overview.last_at,
        year=overview.value.period.year,
    )
    return draw_answers(answers, now=now, zone=zone, language=current_language())
