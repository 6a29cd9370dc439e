"""An indicator's value in words: the verdict, the formula, the definition printed beside it.

One wording for pages and commands. Language and zone are arguments.
"""

from collections.abc import Iterator
from datetime import tzinfo
from decimal import Decimal

from models import Denominator
from surveys.errors import N_
from surveys.i18n import (
    count_decimals,
    format_date,
    format_instant,
    format_integer,
    format_number,
    format_percent,
    pick_text,
    translate,
)
from surveys.indicators.value import IndicatorValue

FORMULAS = {
    Denominator.REGISTERED: N_(
        "people with a valid answer in %(year)s ÷ graduates registered at the cut-off × 100"
    ),
    Denominator.ALL_GRADUATES: N_(
        "people with a valid answer in %(year)s ÷ all graduates as entered × 100"
    ),
    Denominator.GRADUATES_OF_YEAR: N_(
        "graduates of %(year)s with a valid answer in %(year)s ÷ graduates of %(year)s × 100"
    ),
    Denominator.INVITED: N_(
        "people with a valid answer in %(year)s ÷ people invited to its surveys × 100"
    ),
}
BASES = {
    Denominator.REGISTERED: N_("graduates registered at the cut-off: %(count)s"),
    Denominator.ALL_GRADUATES: N_("all graduates, as entered: %(count)s"),
    Denominator.GRADUATES_OF_YEAR: N_("registered graduates of %(year)s: %(count)s"),
    Denominator.INVITED: N_("people invited to the year's surveys: %(count)s"),
}

Fact = tuple[str, str]


def formula_of(value: IndicatorValue, *, language: str) -> str:
    """Return the rule by which the value is computed."""
    kind = value.known.definition.denominator
    return translate(language, FORMULAS[kind], year=value.period.year)


def name_of(value: IndicatorValue, *, language: str) -> str:
    """Return the indicator's name."""
    return pick_text(dict(value.known.definition.name), language)


def verdict_of(value: IndicatorValue, *, language: str) -> str:
    """Return one sentence: where the value stands against the year's target."""
    if value.target is None:
        return _without_target(value, language)
    target = format_percent(value.target, language, decimals=count_decimals(value.target))
    if value.value is None:
        return translate(
            language,
            "The target is %(target)s. Nobody is registered in the denominator yet, so there is"
            " no rate.",
            target=target,
        )
    if value.is_met:
        return translate(language, "The target of %(target)s is reached.", target=target)
    gap = value.target - value.value
    missing = format_integer(value.missing or 0, language)
    if gap <= 0:
        return translate(
            language,
            "Still short of the target of %(target)s; answers still needed: %(missing)s.",
            target=target,
            missing=missing,
        )
    return translate(
        language,
        "%(gap)s points below the target of %(target)s; answers still needed: %(missing)s.",
        gap=_plain(gap, value, language),
        target=target,
        missing=missing,
    )


def _without_target(value: IndicatorValue, language: str) -> str:
    if value.value is None:
        return translate(language, "Nobody is counted yet, so there is no rate.")
    return translate(language, "No target is set for %(year)s.", year=value.period.year)


def performance_of(value: IndicatorValue, *, language: str) -> str | None:
    """Return the performance with A, B and C, or None where the plan does not say enough."""
    start, target = value.known.definition.start_value, value.target
    performance = value.performance
    if start is None or target is None or value.value is None:
        return None
    letters = {
        "a": _percent(start, value, language),
        "b": _percent(target, value, language),
        "c": _percent(value.value, value, language),
    }
    if performance.raw is None:
        ratio = format_percent(performance.ratio, language, decimals=2)
        message = N_("A=B: (C−A)/(B−A) is undefined; C/B = %(ratio)s (B = %(b)s, C = %(c)s)")
        return translate(language, message, ratio=ratio, **letters)
    shown = format_percent(performance.shown, language, decimals=2)
    message = N_("%(shown)s = (C−A)/(B−A) × 100 (A = %(a)s, B = %(b)s, C = %(c)s)")
    words = translate(language, message, shown=shown, **letters)
    if performance.raw < 0:
        raw = format_percent(performance.raw, language, decimals=2)
        words += translate(language, "; exactly %(raw)s", raw=raw)
    return words


def list_facts(value: IndicatorValue, *, language: str, zone: tzinfo) -> list[Fact]:
    """Return the definition that is printed beside every figure, as (label, text)."""
    return [(translate(language, label), text) for label, text in _facts(value, language, zone)]


def _facts(value: IndicatorValue, language: str, zone: tzinfo) -> Iterator[Fact]:
    definition, period = value.known.definition, value.period
    counts = {"year": period.year}
    yield N_("Indicator"), f"{definition.code} · {name_of(value, language=language)}"
    yield N_("Type and unit"), translate(language, "share of people in one year, in percent")
    yield (
        N_("Numerator"),
        translate(
            language,
            "different people who submitted a complete answer in %(year)s, each once: %(count)s",
            count=format_integer(value.rate.numerator, language),
            **counts,
        ),
    )
    yield (
        N_("Denominator"),
        translate(
            language,
            BASES[definition.denominator],
            count=format_integer(value.rate.denominator, language),
            **counts,
        ),
    )
    yield N_("Partial answers"), _partials(value, language)
    yield N_("Period"), _period(value, language, zone)
    yield N_("Cut-off"), format_instant(period.cut_off, language, zone)
    yield N_("Definition"), _version(value, language)


def _partials(value: IndicatorValue, language: str) -> str:
    if value.known.definition.counts_partials:
        return translate(language, "count once they are submitted")
    return translate(language, "do not count")


def _period(value: IndicatorValue, language: str, zone: tzinfo) -> str:
    first = value.period.begins_at.astimezone(zone).date()
    last = first.replace(month=12, day=31)
    days = [format_date(day, language, pattern="d MMMM y") for day in (first, last)]
    return f"{' – '.join(days)} ({zone})"


def _version(value: IndicatorValue, language: str) -> str:
    if value.known.version is None:
        return translate(language, "as shipped with Dönüt, without targets")
    return translate(language, "version %(version)s", version=value.known.version)


def _percent(number: Decimal, value: IndicatorValue, language: str) -> str:
    return format_percent(number, language, decimals=value.known.definition.decimals)


def _plain(number: Decimal, value: IndicatorValue, language: str) -> str:
    return format_number(number, language, decimals=value.known.definition.decimals)
