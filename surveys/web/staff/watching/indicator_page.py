"""`/indicators/<code>`: what an indicator counts, its targets and its values.

Editors write the next version of its definition.
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from models import Role
from surveys.audit import record
from surveys.errors import N_, DonutError
from surveys.extensions import reader, toolbox, transaction
from surveys.indicators import words
from surveys.indicators.definition import Known
from surveys.indicators.finding import get_definition, is_demo_only
from surveys.indicators.history import list_values, list_versions
from surveys.indicators.loading import IndicatorRefused, read_tree, save_indicator, take_indicator
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.roster.staff_names import name_staff
from surveys.web.staff.watching.indicator_form import (
    DENOMINATORS,
    list_target_years,
    to_fields,
    to_tree,
)
from surveys.web.words import current_language, gettext

Faults = list[tuple[str, str]]


class IndicatorChanged(DonutError):
    """Somebody saved a version while this form was open."""

    code = "indicator_changed"
    status = 409
    message = N_(
        "Meanwhile a newer version was saved. What you typed stands below: compare it with the"
        " history, then save again."
    )


def attach(blueprint: Blueprint) -> None:
    """Register the page and its form."""
    saying.register(indicator_saved=N_("The definition is saved."))
    rule = "/indicators/<code>"
    blueprint.add_url_rule(rule, view_func=show_indicator, methods=["GET"])
    blueprint.add_url_rule(rule, view_func=save_indicator_form, methods=["POST"])


@staff_only(Role.VIEWER)
def show_indicator(code: str) -> ResponseReturnValue:
    """Show the indicator."""
    return _page(_find(code), None, [])


@staff_only(Role.EDITOR)
def save_indicator_form(code: str) -> ResponseReturnValue:
    """Save what was typed as the next version, or say what is wrong with it."""
    known = _find(code)
    fields = _read_fields(known)
    try:
        _save(known, fields)
    except IndicatorRefused as refusal:
        faults = [(f.place, gettext(f.message, **f.params)) for f in refusal.faults]
        return _page(known, fields, faults), refusal.status
    except IndicatorChanged as refusal:
        return _page(
            _find(code), fields, [("start_value", gettext(refusal.message))]
        ), refusal.status
    return saying.go(f"/indicators/{code}", "indicator_saved")


def _find(code: str) -> Known:
    return get_definition(reader(), code=code, is_demo=is_demo_only(reader(), code=code))


def _read_fields(known: Known) -> dict[str, str]:
    names = to_fields(known.definition, years=_years(known), language=current_language())
    return {name: request.form.get(name, "").strip() for name in names}


def _save(known: Known, fields: dict[str, str]) -> None:
    definition = read_tree(to_tree(fields, code=known.definition.code))
    now = toolbox().clock.now()
    with transaction() as session:
        take_indicator(session, code=definition.code, is_demo=known.is_demo)
        found = get_definition(session, code=definition.code, is_demo=known.is_demo)
        if str(found.version or 0) != request.form.get("version", ""):
            raise IndicatorChanged
        saved = save_indicator(session, definition=definition, is_demo=known.is_demo, now=now)
        record(
            session,
            actor=f"staff:{current_user.staff_id}",
            action="indicator.load",
            subject=f"indicator:{definition.code}",
            now=now,
            version=saved.version,
            is_demo=known.is_demo,
        )


def _years(known: Known) -> list[int]:
    tools = toolbox()
    return list_target_years(
        known.definition, tools.clock.now().astimezone(tools.settings.zone).year
    )


def _page(known: Known, fields: dict[str, str] | None, faults: Faults) -> str:
    tools, session, language = toolbox(), reader(), current_language()
    now, zone = tools.clock.now(), tools.settings.zone
    years = _years(known)
    values = list_values(session, known=known, now=now, zone=zone)
    code = known.definition.code
    versions = list_versions(session, code=code, is_demo=known.is_demo)
    return render_template(
        "staff/watching/indicator.html",
        known=known,
        values=values,
        name=words.name_of(values[0], language=language),
        verdict=words.verdict_of(values[0], language=language),
        formula=words.formula_of(values[0], language=language),
        facts=words.list_facts(values[0], language=language, zone=zone),
        versions=versions,
        staff_names=name_staff(session, [version.actor for version in versions]),
        fields=fields or to_fields(known.definition, years=years, language=language),
        years=years,
        denominators=[(kind.value, gettext(word)) for kind, word in DENOMINATORS],
        faults=faults,
        fault_of=dict(reversed(faults)),
    )
