"""`flask indicator load|show`: a definition file in, the value against its target out."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import click
from flask.cli import AppGroup

from surveys.audit import record
from surveys.building.faults import DefinitionRefused
from surveys.building.source import LIMIT_BYTES, decode
from surveys.cli.fault_words import list_faults, tell_faults
from surveys.cli.output import Result, emit, json_option, refusals, refuse, say
from surveys.extensions import reader, toolbox, transaction
from surveys.i18n import format_integer, format_percent
from surveys.indicators import words
from surveys.indicators.definition import Definition, Known
from surveys.indicators.finding import is_demo_only
from surveys.indicators.loading import IndicatorRefused, read_indicator, save_indicator
from surveys.indicators.value import IndicatorValue, measure

YEAR = click.IntRange(2000, 2199)


@click.group(cls=AppGroup)
def indicator() -> None:
    """Load an indicator's definition and targets; show its value."""


@indicator.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--demo", "is_demo", is_flag=True, help="Count demo graduates and surveys only.")
@json_option
def load(file: Path, *, is_demo: bool, as_json: bool) -> None:
    """Save the definition FILE (YAML or JSON); what differs becomes the next version."""
    with refusals(as_json=as_json):
        try:
            definition = _read(file)
        except IndicatorRefused as error:
            faults = error.faults
            refuse(error, tell_faults(faults), as_json=as_json, faults=list_faults(faults))
        known = _save(definition, is_demo=is_demo)
    result = {"code": definition.code, "version": known.version, "is_demo": is_demo}
    emit(result, [_loaded_line(known)], as_json=as_json)


@indicator.command("show")
@click.argument("code")
@click.option("--year", type=YEAR, help="The year to show; the present one if not given.")
@click.option("--demo", "is_demo", is_flag=True, help="Count demo graduates and surveys only.")
@json_option
def show(code: str, *, year: int | None, is_demo: bool, as_json: bool) -> None:
    """Show the value of the indicator CODE against its target, with its definition.

    Where nothing but demo data was ever loaded, that is what it shows, marked as such.
    """
    tools = toolbox()
    now, zone = tools.clock.now(), tools.settings.zone
    with refusals(as_json=as_json):
        session = reader()
        value = measure(
            session,
            code=code,
            year=year or now.astimezone(zone).year,
            now=now,
            zone=zone,
            is_demo=is_demo or is_demo_only(session, code=code),
        )
    emit(_result(value), _tell(value), as_json=as_json)


def _read(file: Path) -> Definition:
    with file.open("rb") as source:
        content = source.read(LIMIT_BYTES + 1)
    try:
        return read_indicator(decode(content), filename=file.name)
    except DefinitionRefused as error:
        raise IndicatorRefused(error.faults) from None


def _save(definition: Definition, *, is_demo: bool) -> Known:
    now = toolbox().clock.now()
    with transaction() as session:
        known = save_indicator(session, definition=definition, is_demo=is_demo, now=now)
        record(
            session,
            actor="cli",
            action="indicator.load",
            subject=f"indicator:{definition.code}",
            now=now,
            version=known.version,
            is_demo=is_demo,
        )
    return known


def _loaded_line(known: Known) -> str:
    return say(
        "%(code)s is loaded, version %(version)s; years with a target: %(years)s.",
        code=known.definition.code,
        version=known.version,
        years=", ".join(map(str, known.definition.targets)) or "–",
    )


def _result(value: IndicatorValue) -> Result:
    result: Result = {
        "code": value.known.definition.code,
        "year": value.period.year,
        "numerator": value.rate.numerator,
        "denominator": value.rate.denominator,
        "value": _number(value.value),
        "target": _number(value.target),
        "missing": value.missing,
        "performance": _number(value.performance.raw),
        "formula": words.formula_of(value, language=toolbox().settings.default_language),
        "as_of": value.period.cut_off,
    }
    return {**result, "demo": True} if value.known.is_demo else result


def _how_to_set_target(value: IndicatorValue) -> str:
    if value.known.version is None:
        return say(
            "To set targets: copy surveys/indicators/standard/PG3.3.5.yaml, add start_value and"
            " targets, then run flask indicator load FILE"
        )
    return say(
        "To set this target: add %(year)s to the targets of the file that you loaded, then run"
        " flask indicator load FILE",
        year=value.period.year,
    )


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _tell(value: IndicatorValue) -> Iterator[str]:
    settings = toolbox().settings
    language = settings.default_language
    if value.known.is_demo:
        yield say("DEMO DATA: invented people and answers. This is no result.")
    definition = value.known.definition
    percent = format_percent(value.value, language, decimals=definition.decimals)
    pair = [format_integer(n, language) for n in (value.rate.numerator, value.rate.denominator)]
    yield f"{definition.code} · {value.period.year}: {percent} ({' / '.join(pair)})"
    yield words.verdict_of(value, language=language)
    performance = words.performance_of(value, language=language)
    if performance:
        yield say("Performance: %(words)s", words=performance)
    if value.target is None:
        yield _how_to_set_target(value)
    yield ""
    yield say("Formula: %(formula)s", formula=words.formula_of(value, language=language))
    for label, text in words.list_facts(value, language=language, zone=settings.zone):
        yield f"  {label}: {text}"
