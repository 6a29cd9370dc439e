"""The suppression list: every live stop, the newest first, with the person where one is left."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models import Alumnus, Suppression, SuppressionReason

PAGE_SIZE = 50


@dataclass(frozen=True)
class Stopped:
    """One page: the stops with their people, how many there are, where the next page begins.

    Of an erased person there is nobody left to show.
    """

    rows: Sequence[tuple[Suppression, Alumnus | None]]
    count: int
    next_before: int | None


def list_stopped(
    session: Session,
    *,
    reason: SuppressionReason | None,
    is_demo: bool,
    before: int | None = None,
) -> Stopped:
    """Return the live stops, of one reason or all, older than the row `before`."""
    query = (
        select(Suppression, Alumnus)
        .outerjoin(Alumnus, Alumnus.id == Suppression.alumnus_id)
        .where(
            Suppression.lifted_at.is_(None),
            or_(Alumnus.is_demo.is_(is_demo), Suppression.alumnus_id.is_(None)),
        )
    )
    if reason is not None:
        query = query.where(Suppression.reason == reason)
    count = session.scalar(query.with_only_columns(func.count())) or 0
    if before is not None:
        query = query.where(Suppression.id < before)
    rows = session.execute(query.order_by(Suppression.id.desc()).limit(PAGE_SIZE + 1)).all()
    shown = [(row, None if person and person.erased_at else person) for row, person in rows]
    has_more = len(shown) > PAGE_SIZE
    shown = shown[:PAGE_SIZE]
    return Stopped(shown, count, shown[-1][0].id if has_more else None)
