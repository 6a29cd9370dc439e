"""The audience of a definition: roster field → one value, a list, or a range, in its own type."""

from difflib import get_close_matches

from surveys.building.faults import Spot
from surveys.building.texts import as_line
from surveys.building.values import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    WHOLE,
    as_block,
    as_date,
    as_list,
    as_one_of,
    as_whole,
)
from surveys.errors import N_
from surveys.i18n import LANGUAGES

FIELDS = (
    "external_id",
    "given_name",
    "family_name",
    "email",
    "phone",
    "unit",
    "programme",
    "degree",
    "graduation_date",
    "graduation_year",
    "gender",
    "language",
)
VALUE_LIMIT = 10_000
LENGTH_LIMIT = 200
LIKENESS = 0.8

Value = str | int

_NOT_AUDIENCE = N_("Fields of the roster with values are expected here; {} asks everybody.")
_UNKNOWN_FIELD = N_("The roster has no field %(field)s. Did you mean %(near)s?")
_NO_BOUND = N_("A range needs from, to or both.")
_TURNED = N_("The range begins after its end: from is larger than to.")


def read_audience(spot: Spot | None) -> dict[str, object]:
    """Return whom the survey asks, field by field; a name that is no field means an attribute."""
    if spot is None:
        return {}
    if not isinstance(spot.value, dict):
        spot.refuse(_NOT_AUDIENCE)
        return {}
    return {
        field: _read_rule(spot.under(field, value), field) for field, value in spot.value.items()
    }


def _read_rule(spot: Spot, field: str) -> object:
    near = get_close_matches(field.lower(), FIELDS, n=1, cutoff=LIKENESS)
    if field not in FIELDS and near:
        spot.refuse(_UNKNOWN_FIELD, field=field, near=near[0])
    if isinstance(spot.value, dict):
        return _read_range(spot, field)
    if isinstance(spot.value, list):
        return [_read_value(item, field) for item in as_list(spot, limit=VALUE_LIMIT)]
    return _read_value(spot, field)


def _read_range(spot: Spot, field: str) -> dict[str, Value]:
    block = as_block(spot, ("from", "to"))
    ends = {key: block.find(key) for key in ("from", "to")} if block else {}
    bounds = {key: _read_bound(end, field) for key, end in ends.items() if end is not None}
    if not bounds:
        spot.refuse(_NO_BOUND)
    first, last = bounds.get("from"), bounds.get("to")
    if isinstance(first, int) and isinstance(last, int):
        is_turned = first > last
    else:
        is_turned = first is not None and last is not None and str(first) > str(last)
    if is_turned:
        spot.refuse(_TURNED)
    return {key: bound for key, bound in bounds.items() if bound is not None}


def _read_bound(spot: Spot, field: str) -> Value | None:
    """Return one end; of an attribute a whole number is a number, so that 9 stands before 10."""
    value = _read_value(spot, field)
    if field not in FIELDS and isinstance(value, str) and WHOLE.fullmatch(value):
        return int(value)
    return value


def _read_value(spot: Spot, field: str) -> Value | None:
    if field == "graduation_year":
        return as_whole(spot, EARLIEST_YEAR, LATEST_YEAR)
    if field == "graduation_date":
        return as_date(spot)
    if field == "language":
        return as_one_of(spot, LANGUAGES)
    return as_line(spot, LENGTH_LIMIT)
