"""What an audience can be chosen by: the values that really occur in the roster, with their counts.

Enters: which people (real or demo), and the audience as it stands. Leaves: plain values; a heading
of the roster with more than MOST_VALUES different ones is no choice but free text.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import Function

from models import Alumnus
from surveys.i18n import sort_key
from surveys.inviting.audience import COLUMNS, select_audience

MOST_VALUES = 60
MANY = ("unit", "programme", "degree", "language")
YEAR = "graduation_year"
EACH: Mapping[str, Callable[..., Function[Any]]] = {
    "sqlite": func.json_each,
    "postgresql": func.jsonb_each_text,
}


@dataclass(frozen=True)
class Choice:
    """One value of the roster and how many people have it."""

    value: str
    count: int


def list_choices(
    session: Session, *, audience: Mapping[str, Any], is_demo: bool
) -> dict[str, list[Choice]]:
    """Return the choices by roster field, then by heading, each in Turkish order.

    Programmes are those of the units that the audience names. A value of the audience that nobody
    has any more stays, with a count of 0.
    """
    units = {"unit": audience["unit"]} if "unit" in audience else {}
    choices = {
        field: _count_column(
            session, COLUMNS[field], units if field == "programme" else {}, is_demo=is_demo
        )
        for field in (*MANY, YEAR)
    }
    choices |= _count_headings(session, is_demo=is_demo)
    for field, rule in audience.items():
        if not isinstance(rule, Mapping) and field in choices:
            _keep_chosen(choices[field], rule if isinstance(rule, list) else [rule])
    return {field: _in_order(found) for field, found in choices.items() if found}


def _count_column(
    session: Session, column: ColumnElement[Any], within: Mapping[str, Any], *, is_demo: bool
) -> list[Choice]:
    people = select_audience(within, is_demo=is_demo).where(column.is_not(None)).order_by(None)
    rows = session.execute(people.with_only_columns(column, func.count()).group_by(column))
    return [Choice(str(value), count) for value, count in rows]


def _count_headings(session: Session, *, is_demo: bool) -> dict[str, list[Choice]]:
    each = EACH[session.get_bind().dialect.name]
    pairs = each(Alumnus.attributes).table_valued("key", "value", joins_implicitly=True)
    heading, value = pairs.c.key.cast(String), pairs.c.value.cast(String)
    # The database leaves out what is no choice: a heading may hold another value for everybody.
    counted = (
        select(
            heading.label("heading"),
            value.label("value"),
            func.count().label("people"),
            func.count().over(partition_by=heading).label("values"),
        )
        .select_from(Alumnus, pairs)
        .where(
            Alumnus.is_demo.is_(is_demo),
            Alumnus.erased_at.is_(None),
            Alumnus.ineligible_at.is_(None),
            value != "",
        )
        .group_by(heading, value)
        .subquery()
    )
    few = select(counted.c.heading, counted.c.value, counted.c.people)
    found: dict[str, list[Choice]] = {}
    for name, content, count in session.execute(few.where(counted.c["values"] <= MOST_VALUES)):
        found.setdefault(name, []).append(Choice(content, count))
    return dict(sorted(found.items(), key=lambda pair: sort_key(pair[0])))


def _keep_chosen(choices: list[Choice], chosen: Sequence[object]) -> None:
    known = {choice.value for choice in choices}
    choices += [Choice(str(value), 0) for value in chosen if str(value) not in known]


def _in_order(choices: list[Choice]) -> list[Choice]:
    return sorted(choices, key=lambda choice: sort_key(choice.value))
