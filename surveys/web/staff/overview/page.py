"""`/`: where the indicator stands, how answers came in, where people are lost, what to do."""

from datetime import date, datetime, tzinfo

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from models import Role
from surveys.extensions import reader, toolbox
from surveys.indicators import words
from surveys.rates.formulas import Rate
from surveys.web.access import staff_only
from surveys.web.staff.overview.chart import NARROW, WIDE, Curve, Drawing, draw, list_days
from surveys.web.staff.overview.reading import Overview, read_overview
from surveys.web.staff.overview.todos import is_silent, list_todos
from surveys.web.words import current_language


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule("/", view_func=show_overview, methods=["GET"])


@staff_only(Role.VIEWER)
def show_overview() -> ResponseReturnValue:
    """Show the overview."""
    tools = toolbox()
    now, zone = tools.clock.now(), tools.settings.zone
    overview = read_overview(reader(), now=now, zone=zone)
    value, language = overview.value, current_language()
    days_left = _days_left(overview, now)
    return render_template(
        "staff/overview/overview.html",
        overview=overview,
        value=value,
        name=words.name_of(value, language=language),
        verdict=words.verdict_of(value, language=language),
        formula=words.formula_of(value, language=language),
        performance=words.performance_of(value, language=language),
        facts=words.list_facts(value, language=language, zone=zone),
        days_left=days_left,
        pace=_pace(overview, days_left),
        drawings=_draw(overview, now, zone),
        table=list_days(overview.points),
        steps=_steps(overview),
        todos=list_todos(overview, now=now),
        is_silent=is_silent(overview, now=now),
    )


def _days_left(overview: Overview, now: datetime) -> int | None:
    """Return the whole days until the last of the year's surveys closes; None when all have."""
    if overview.last_at is None or overview.last_at <= now:
        return None
    return (overview.last_at - now).days


def _pace(overview: Overview, days_left: int | None) -> int | None:
    """Return the answers a day that it takes to the target; None when that says nothing."""
    missing = overview.value.missing
    return -(-missing // max(1, days_left)) if missing and days_left is not None else None


def _draw(overview: Overview, now: datetime, zone: tzinfo) -> list[Drawing]:
    if overview.first_at is None or overview.last_at is None:
        return []
    year = overview.value.period.year
    seen = [point.on for point in overview.points[:1]] + [m.on for m in overview.marks[:1]]
    first_on = min([overview.first_at.astimezone(zone).date(), *seen])
    last_on = max([overview.last_at.astimezone(zone).date(), *seen])
    curve = Curve(
        points=overview.points,
        marks=overview.marks,
        base=overview.value.rate.denominator,
        target=overview.value.target,
        first_on=max(first_on, date(year, 1, 1)),
        last_on=min(last_on, date(year, 12, 31)),
        today=now.astimezone(zone).date(),
        decimals=overview.value.known.definition.decimals,
    )
    return [draw(curve, frame, language=current_language()) for frame in (WIDE, NARROW)]


def _steps(overview: Overview) -> list[tuple[str, int, Rate, Rate | None]]:
    """Return the funnel: key, count, share of the invited, share of the step before."""
    funnel = overview.funnel
    counts = [
        ("invited", funnel.invited),
        ("mailed", funnel.mailed),
        ("started", funnel.started),
        ("completed", funnel.completed),
    ]
    steps: list[tuple[str, int, Rate, Rate | None]] = []
    before: int | None = None
    for key, count in counts:
        share = None if before is None else Rate(count, before)
        steps.append((key, count, Rate(count, funnel.invited), share))
        before = count
    return steps
