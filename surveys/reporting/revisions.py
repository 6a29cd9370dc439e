"""How often what is counted has changed, read by one indexed query before anything is counted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, String, bindparam, cast, func, literal, or_, select
from sqlalchemy.orm import Session

from models import Revision, Survey

ROSTER = "roster"
INDICATORS = "indicators"
SURVEY_PREFIX = "survey:"
# Asked whenever somebody asks whether a rate changed, so it is built once.
OF_ONE = select(func.sum(Revision.value), func.max(Revision.changed_at)).where(
    Revision.resource == bindparam("resource")
)


@dataclass(frozen=True)
class Known:
    """The sum of some counters and when the last of them moved, by the database's clock."""

    revision: int
    changed_at: datetime


def survey_resource(survey_id: int) -> str:
    """Return the name under which changes to a survey's cases are counted."""
    return f"{SURVEY_PREFIX}{survey_id}"


def read_revision(session: Session, *, resources: Collection[str]) -> Known | None:
    """Return how often `resources` have changed in all, or None where none of them is known.

    The number only rises, and every commit that changed a counted row has raised it.
    """
    return _sum(session, Revision.resource.in_(resources))


def read_survey_revision(session: Session, *, survey_id: int) -> Known:
    """Return how often what a survey's figures rest on has changed."""
    total, changed_at = session.execute(OF_ONE, {"resource": survey_resource(survey_id)}).one()
    return Known(int(total), changed_at)


def read_indicator_revision(session: Session, *, code: str, is_demo: bool) -> Known:
    """Return how often the roster, the definitions and the indicator's surveys have changed.

    All its launched surveys are among them, whatever the year: one that moved out of a year would
    take its part of the sum along, and the number would fall.
    """
    name = literal(SURVEY_PREFIX) + cast(Survey.id, String)
    surveys: Select[str] = select(name).where(
        Survey.indicator_code == code,
        Survey.is_demo.is_(is_demo),
        Survey.launched_at.is_not(None),
    )
    known = _sum(
        session,
        or_(Revision.resource.in_([ROSTER, INDICATORS]), Revision.resource.in_(surveys)),
    )
    assert known is not None  # noqa: S101 - for the type checker: the migration begins both counters
    return known


def _sum(session: Session, condition: ColumnElement[bool]) -> Known | None:
    total, changed_at = session.execute(
        select(func.sum(Revision.value), func.max(Revision.changed_at)).where(condition)
    ).one()
    return None if total is None else Known(int(total), changed_at)
