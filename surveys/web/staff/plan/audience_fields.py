"""The audience of a definition ↔ the fields of its form.

A field named by ticks carries its values; the years are two bounds. What a form can't show (a
range over a further heading, a list of numbers from a file) is kept while it stays ticked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from surveys.inviting.choices import MANY, YEAR, Choice

HEADING = "heading."
FROM, TO = "year_from", "year_to"
KEEP = "keep"
GAP = "contact_gap_days"
GAPS = ("0", "30", "60", "90", "180", "365")


@dataclass(frozen=True)
class Tick:
    """One value to choose, how many people have it, whether it is chosen."""

    value: str
    count: int
    is_on: bool


@dataclass(frozen=True)
class Group:
    """The values of one field. `name` is that of the form's field."""

    field: str
    name: str
    ticks: Sequence[Tick]

    @property
    def chosen_count(self) -> int:
        """How many are chosen; none means everybody."""
        return sum(tick.is_on for tick in self.ticks)


@dataclass(frozen=True)
class Form:
    """What the form shows: ticks by field, the years, and the rules that it can only keep."""

    groups: Sequence[Group]
    years: Sequence[Choice]
    year_from: str
    year_to: str
    kept: Mapping[str, str]
    gap: str


def write_form(document: Mapping[str, Any], choices: Mapping[str, list[Choice]]) -> Form:
    """Return the form of a draft's audience."""
    audience: Mapping[str, Any] = document.get("audience") or {}
    first, last = _bounds(audience.get(YEAR))
    groups = [
        Group(field, _name(field), _ticks(found, audience.get(field)))
        for field, found in choices.items()
        if field != YEAR and not isinstance(audience.get(field), Mapping)
    ]
    shown = {group.field for group in groups} | ({YEAR} if _is_span(audience.get(YEAR)) else set())
    return Form(
        groups=groups,
        years=list(reversed(choices.get(YEAR, []))),
        year_from=first,
        year_to=last,
        kept={field: _say(rule) for field, rule in audience.items() if field not in shown},
        gap=str(document.get(GAP) or "0"),
    )


def read_audience(fields: MultiDict[str, str], form: Form, audience: Mapping[str, Any]) -> object:
    """Return the audience that the posted fields say, given the form that was shown."""
    rules: dict[str, object] = {f: audience[f] for f in fields.getlist(KEEP) if f in form.kept}
    for group in form.groups:
        chosen = fields.getlist(group.name)
        if chosen:
            rules[group.field] = chosen
    bounds = {end: fields.get(name, "") for end, name in (("from", FROM), ("to", TO))}
    span = {end: bound for end, bound in bounds.items() if bound}
    if span and YEAR not in rules:
        rules[YEAR] = span
    return rules


def _name(field: str) -> str:
    return field if field in MANY else f"{HEADING}{field}"


def _ticks(choices: Sequence[Choice], rule: object) -> list[Tick]:
    chosen = {str(value) for value in (rule if isinstance(rule, list) else [rule]) if value}
    return [Tick(choice.value, choice.count, choice.value in chosen) for choice in choices]


def _is_span(rule: object) -> bool:
    return rule is None or isinstance(rule, int | Mapping)


def _bounds(rule: object) -> tuple[str, str]:
    if isinstance(rule, Mapping):
        return str(rule.get("from", "")), str(rule.get("to", ""))
    return (str(rule), str(rule)) if isinstance(rule, int) else ("", "")


def _say(rule: object) -> str:
    if isinstance(rule, Mapping):
        return f"{rule.get('from', '…')} – {rule.get('to', '…')}"
    return ", ".join(map(str, rule)) if isinstance(rule, list) else str(rule)
