"""What an indicator counts, as plain frozen values: from the database or as shipped."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from models import Denominator, Indicator

PLACES = 4
FIRST_PLACE = Decimal(1).scaleb(-PLACES)


@dataclass(frozen=True)
class Definition:
    """One indicator. `start_value` (A) and `targets` (B, by year) are in percent.

    `graduate_count` belongs to the denominator `all_graduates`: no roster can know it.
    `counts_partials` lets submitted answers count whose share makes them partial (1.2).
    """

    code: str
    name: Mapping[str, str]
    denominator: Denominator = Denominator.REGISTERED
    start_value: Decimal | None = None
    targets: Mapping[int, Decimal] = field(default_factory=dict)
    graduate_count: int | None = None
    counts_partials: bool = False
    decimals: int = 2


@dataclass(frozen=True)
class Known:
    """A definition in use. `version` is None for one that is shipped and not loaded."""

    definition: Definition
    version: int | None
    is_demo: bool


def from_row(row: Indicator) -> Definition:
    """Return what a stored version says."""
    return Definition(
        code=row.code,
        name=row.name,
        denominator=Denominator(row.denominator),
        start_value=_plain(row.start_value),
        targets={target.year: target.value.quantize(FIRST_PLACE) for target in row.targets},
        graduate_count=row.graduate_count,
        counts_partials=row.counts_partials,
        decimals=row.decimals,
    )


def _plain(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(FIRST_PLACE)
