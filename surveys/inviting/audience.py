"""Whom a survey asks: the roster rules of its definition as one query, the same on both engines.

Enters: `{field: value | [values] | {"from": …, "to": …}}`, where a field is a column of the roster
or one of its further headings. Leaves: a SELECT of people; nothing is read here.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Numeric, Select, and_, case, cast, select
from sqlalchemy.orm import Session

from models import Alumnus
from surveys.building.audience import FIELDS
from surveys.errors import N_, DonutError
from surveys.inviting.headings import heading_value

COLUMNS = {name: getattr(Alumnus, name) for name in FIELDS}
WHOLE_NUMBER = r"^-?[0-9]{1,15}$"


class AudienceRuleUnusable(DonutError):
    """A value in the audience can't be compared with its roster field."""

    code = "audience_rule_unusable"
    message = N_(
        "The audience can't be read: %(value)s is no value of the field %(field)s. Choose the"
        " audience again."
    )


def select_audience(audience: Mapping[str, Any], *, is_demo: bool) -> Select[Alumnus]:
    """Return the SELECT of everybody that the rules name, in the order of registration.

    Erased people are in no audience, nor those who are no graduates or have died; demo surveys
    ask demo people only, real ones real people. Raises AudienceRuleUnusable.
    """
    return select_matching(audience, is_demo=is_demo).where(Alumnus.ineligible_at.is_(None))


def select_matching(audience: Mapping[str, Any], *, is_demo: bool) -> Select[Alumnus]:
    """Return the SELECT of `select_audience` and with them those who are not eligible.

    Raises AudienceRuleUnusable.
    """
    rules = [_rule(field, wanted) for field, wanted in audience.items()]
    return (
        select(Alumnus)
        .where(Alumnus.is_demo.is_(is_demo), Alumnus.erased_at.is_(None), *rules)
        .order_by(Alumnus.id)
    )


def list_unknown_headings(
    session: Session, audience: Mapping[str, Any], *, is_demo: bool
) -> list[str]:
    """Return the headings in the rules that stand nowhere in the roster."""
    everybody = select_audience({}, is_demo=is_demo).with_only_columns(Alumnus.id).limit(1)
    headings = [name for name in audience if name not in COLUMNS]
    return [
        name
        for name in headings
        if session.scalar(everybody.where(heading_value(name).is_not(None))) is None
    ]


def _rule(field: str, wanted: Any) -> ColumnElement[bool]:
    if isinstance(wanted, Mapping):
        return _range_rule(field, wanted)
    values = wanted if isinstance(wanted, list) else [wanted]
    return _field(field).in_([_value(field, value) for value in values])


def _range_rule(field: str, wanted: Mapping[str, Any]) -> ColumnElement[bool]:
    column = _field(field)
    if field not in COLUMNS and all(isinstance(bound, int) for bound in wanted.values()):
        # A heading of the roster holds text; CASE keeps words away from the cast.
        column = case((column.regexp_match(WHOLE_NUMBER), cast(column, Numeric)))
        bounds = dict(wanted)
    else:
        bounds = {end: _value(field, bound) for end, bound in wanted.items()}
    ends = []
    if "from" in bounds:
        ends.append(column >= bounds["from"])
    if "to" in bounds:
        ends.append(column <= bounds["to"])
    return and_(column.is_not(None), *ends)


def _field(name: str) -> ColumnElement[Any]:
    column: ColumnElement[Any] | None = COLUMNS.get(name)
    return heading_value(name) if column is None else column


def _value(field: str, value: Any) -> Any:
    """Return `value` in the type of its column; what stands in no column is text."""
    readers: dict[str, Any] = {"graduation_year": int, "graduation_date": date.fromisoformat}
    try:
        return readers.get(field, str)(value)
    except (TypeError, ValueError):
        raise AudienceRuleUnusable(field=field, value=value) from None
