"""`flask rates CODE`: what became of each case of one survey, and every named rate."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click
from flask.cli import with_appcontext

from surveys.building.finding import get_survey
from surveys.cli import rates_words
from surveys.cli.output import Result, emit, json_option, refusals
from surveys.extensions import reader, toolbox
from surveys.rates.census import take_census
from surveys.rates.dispositions import count_dispositions, count_unconfirmed, to_counts
from surveys.rates.formulas import Rate, compute_rates
from surveys.rates.funnel import Funnel, add_up
from surveys.rates.groups import FIELDS, Group, list_groups


@dataclass(frozen=True)
class Reading:
    """All that is printed of one survey."""

    survey: str
    as_of: datetime
    dispositions: Mapping[str, int]
    unconfirmed_count: int
    rates: Mapping[str, Rate]
    funnel: Funnel
    groups: list[Group] | None


@click.command("rates")
@click.argument("code")
@click.option("--by", "field", metavar="FIELD", help=f"Also by group: {', '.join(FIELDS)}.")
@json_option
@with_appcontext
def rates(code: str, *, field: str | None, as_json: bool) -> None:
    """Show what became of each case of the survey CODE, and every named rate."""
    with refusals(as_json=as_json):
        reading = _read(code, field)
    emit(_result(reading), _words(reading), as_json=as_json)


def _read(code: str, field: str | None) -> Reading:
    session = reader()
    survey = get_survey(session, code=code)
    dispositions = count_dispositions(session, survey_id=survey.id)
    return Reading(
        survey=survey.code,
        as_of=toolbox().clock.now(),
        dispositions=dispositions,
        unconfirmed_count=count_unconfirmed(session, survey_id=survey.id),
        rates=compute_rates(to_counts(dispositions)),
        funnel=add_up(take_census(session, survey_ids=[survey.id])),
        groups=list_groups(session, survey_id=survey.id, field=field) if field else None,
    )


def _result(reading: Reading) -> Result:
    result: Result = {
        "survey": reading.survey,
        "as_of": reading.as_of,
        "dispositions": dict(reading.dispositions),
        "rates": {name: _rate_result(rate) for name, rate in reading.rates.items()},
    }
    if reading.groups is not None:
        result["groups"] = [_group_result(group) for group in reading.groups]
    return result


def _rate_result(rate: Rate) -> dict[str, Any]:
    value = rate.value()
    return {
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "value": None if value is None else float(value),
    }


def _group_result(group: Group) -> dict[str, Any]:
    place: Result = {"group": group.value}
    if group.within is not None:
        place["within"] = group.within
    if group.rates is None:
        return {**place, "hidden": True}
    shown = {name: _rate_result(rate) for name, rate in group.rates.items()}
    return {**place, "eligible": group.rates["RR1"].denominator, "rates": shown}


def _words(reading: Reading) -> Iterator[str]:
    yield from rates_words.tell_heading(reading.survey, reading.as_of)
    yield from rates_words.tell_cases(
        reading.dispositions, unconfirmed_count=reading.unconfirmed_count
    )
    yield from rates_words.tell_rates(reading.rates)
    yield from rates_words.tell_steps(reading.funnel)
    if reading.groups is not None:
        yield from rates_words.tell_groups(reading.groups)
