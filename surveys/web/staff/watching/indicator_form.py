"""The form of an indicator: a definition → fields as they are typed → the tree of a definition.

Fields are named as the places of faults are: `name.tr`, `start_value`, `targets.2026`.
"""

from collections.abc import Mapping
from decimal import Decimal

from models import Denominator
from surveys.building.faults import Tree
from surveys.errors import N_
from surveys.i18n import count_decimals, format_number
from surveys.indicators.definition import Definition

YEARS_BACK, YEARS_AHEAD = 2, 5
TARGET = "targets."
DENOMINATORS = (
    (Denominator.REGISTERED, N_("graduates registered at the cut-off")),
    (Denominator.ALL_GRADUATES, N_("all graduates, a number that you enter")),
    (Denominator.GRADUATES_OF_YEAR, N_("graduates of the year")),
    (Denominator.INVITED, N_("people invited to the year's surveys")),
)

Fields = Mapping[str, str]


def list_target_years(definition: Definition, this_year: int) -> list[int]:
    """Return the years for which a target can be typed."""
    known = [*definition.targets, this_year - YEARS_BACK, this_year + YEARS_AHEAD]
    return list(range(min(known), max(known) + 1))


def to_fields(definition: Definition, *, years: list[int], language: str) -> dict[str, str]:
    """Return what stands in the fields for `definition`."""
    return {
        "name.tr": definition.name.get("tr", ""),
        "name.en": definition.name.get("en", ""),
        "start_value": _write(definition.start_value, language),
        "denominator": definition.denominator.value,
        "graduate_count": str(definition.graduate_count or ""),
        "counts_partials": "1" if definition.counts_partials else "",
        "decimals": str(definition.decimals),
        **{f"{TARGET}{year}": _write(definition.targets.get(year), language) for year in years},
    }


def to_tree(fields: Fields, *, code: str) -> dict[str, Tree]:
    """Return the definition that the fields say; what was left empty is left out.

    A number may have a comma, as it is written in Turkish.
    """
    targets = {
        name.removeprefix(TARGET): _number(value)
        for name, value in fields.items()
        if name.startswith(TARGET) and value
    }
    names = {lang: fields[f"name.{lang}"] for lang in ("tr", "en") if fields[f"name.{lang}"]}
    tree: dict[str, Tree] = {
        "code": code,
        "name": names or {"tr": ""},
        "start_value": _number(fields["start_value"]) or None,
        "targets": targets or None,
        "denominator": fields["denominator"],
        "graduate_count": fields["graduate_count"].replace(".", "") or None,
        "counts_partials": "true" if fields["counts_partials"] else None,
        "decimals": fields["decimals"],
    }
    return {key: value for key, value in tree.items() if value is not None}


def _number(typed: str) -> str:
    return typed.replace("%", "").replace(",", ".").strip()


def _write(value: Decimal | None, language: str) -> str:
    if value is None:
        return ""
    return format_number(value, language, decimals=count_decimals(value))
