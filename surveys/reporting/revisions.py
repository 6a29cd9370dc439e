"""How often what is counted has changed, read by one indexed query before anything is counted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Revision

ROSTER = "roster"
INDICATORS = "indicators"


@dataclass(frozen=True)
class Known:
    """The sum of some counters and when the last of them moved, by the database's clock."""

    revision: int
    changed_at: datetime


def survey_resource(survey_id: int) -> str:
    """Return the name under which changes to a survey's cases are counted."""
    return f"survey:{survey_id}"


def read_revision(session: Session, *, resources: Collection[str]) -> Known | None:
    """Return how often `resources` have changed in all, or None where none of them is known.

    The number only rises, and every commit that changed a counted row has raised it.
    """
    total, changed_at = session.execute(
        select(func.sum(Revision.value), func.max(Revision.changed_at)).where(
            Revision.resource.in_(resources)
        )
    ).one()
    return None if total is None else Known(int(total), changed_at)
