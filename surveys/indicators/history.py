"""An indicator's versions, and its value year by year under the one in use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models import AuditEntry, Indicator
from surveys.indicators.counting import list_years
from surveys.indicators.definition import Definition, Known, from_row
from surveys.indicators.value import IndicatorValue, measure

SHOWN_YEARS = 8


@dataclass(frozen=True)
class Version:
    """One stored version; `actor` as the audit trail names whoever saved it, None if unknown."""

    number: int
    definition: Definition
    created_at: datetime
    actor: str | None


def list_versions(session: Session, *, code: str, is_demo: bool) -> list[Version]:
    """Return the versions of an indicator, newest first."""
    rows = session.scalars(
        select(Indicator)
        .options(selectinload(Indicator.targets))
        .where(Indicator.code == code, Indicator.is_demo == is_demo)
        .order_by(Indicator.version.desc())
    ).all()
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject == f"indicator:{code}", AuditEntry.action == "indicator.load")
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    )
    # The oldest entry of a version is the one that made it; later ones saved the same again.
    actors = {
        entry.details.get("version"): entry.actor
        for entry in entries
        if entry.details.get("is_demo") == is_demo
    }
    return [
        Version(row.version, from_row(row), row.created_at, actors.get(row.version)) for row in rows
    ]


def list_values(
    session: Session, *, known: Known, now: datetime, zone: tzinfo
) -> Sequence[IndicatorValue]:
    """Return the value of each year with a target or a survey, newest first, none to come."""
    this_year = now.astimezone(zone).year
    years = {this_year, *known.definition.targets, *list_years(session, known=known, zone=zone)}
    shown = sorted((year for year in years if year <= this_year), reverse=True)[:SHOWN_YEARS]
    code, is_demo = known.definition.code, known.is_demo
    return [
        measure(session, code=code, year=year, now=now, zone=zone, is_demo=is_demo)
        for year in shown
    ]
