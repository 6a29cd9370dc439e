"""Which definition is in use: the newest that was loaded, or the one that Dönüt ships."""

from functools import lru_cache
from pathlib import Path

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, selectinload

from models import Alumnus, Indicator
from surveys.errors import N_, DonutError
from surveys.indicators.definition import Definition, Known, from_row
from surveys.indicators.loading import read_indicator

# What the whole service is about; the overview begins with it.
HEADLINE = "PG3.3.5"
STANDARD = Path(__file__).parent / "standard"


class IndicatorUnknown(DonutError):
    """Nobody has defined this indicator."""

    code = "indicator_unknown"
    status = 404
    message = N_("There is no indicator %(indicator)s.")


def get_definition(session: Session, *, code: str, is_demo: bool) -> Known:
    """Return the newest loaded version, else the shipped definition, which has no targets.

    Raises IndicatorUnknown.
    """
    row = session.scalar(
        select(Indicator)
        .options(selectinload(Indicator.targets))
        .where(Indicator.code == code, Indicator.is_demo == is_demo)
        .order_by(Indicator.version.desc())
        .limit(1)
    )
    if row is not None:
        return Known(from_row(row), row.version, is_demo)
    shipped = _read_standard().get(code)
    if shipped is None:
        raise IndicatorUnknown(indicator=code)
    return Known(shipped, None, is_demo)


def list_codes(session: Session, *, is_demo: bool) -> list[str]:
    """Return the codes of all indicators that are defined, by staff or by Dönüt."""
    loaded = session.scalars(select(Indicator.code).where(Indicator.is_demo == is_demo).distinct())
    return sorted({*loaded, *_read_standard()})


def is_demo_only(session: Session, *, code: str) -> bool:
    """Tell whether demo data is all there is: no real graduate and no real definition."""
    has_real = session.scalar(
        select(
            exists().where(Indicator.code == code, Indicator.is_demo.is_(False))
            | exists().where(Alumnus.is_demo.is_(False))
        )
    )
    has_demo = session.scalar(select(exists().where(Alumnus.is_demo.is_(True))))
    return bool(has_demo) and not has_real


@lru_cache
def _read_standard() -> dict[str, Definition]:
    paths = sorted(STANDARD.glob("*.yaml"))
    read = [read_indicator(path.read_text(encoding="utf-8"), filename=path.name) for path in paths]
    return {definition.code: definition for definition in read}
