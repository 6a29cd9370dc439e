"""The feed of events: numbered after their commit, read from a number on, kept for 90 days.

A number given at the insert would be wrong: a transaction that commits late has a lower one than
what was read already, and is passed over for ever. So events get theirs later, one numberer at a
time, and whoever has read up to a number has read all that will ever stand below it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, exists, func, select, update
from sqlalchemy.orm import Session

from models import WebhookDelivery, WebhookEvent
from surveys.database import changed_count
from surveys.errors import N_, DonutError

KEPT = timedelta(days=90)
MOST_AT_ONCE = 1_000
# Any number that no other lock of this database has: "feed" in ASCII.
LOCK = 0x66656564


class CursorExpired(DonutError):
    """What followed this place in the feed is kept no longer."""

    code = "cursor_expired"
    status = 410
    message = N_(
        "Events behind this place are no longer kept. Read the response rates again, then begin"
        " without `after`."
    )


@dataclass(frozen=True, kw_only=True)
class Visible:
    """Which events a reader may see: one world, and one indicator's alone unless it is None."""

    is_demo: bool
    indicator_code: str | None = None


def has_unnumbered(session: Session) -> bool:
    """Tell whether an event waits for its number."""
    return session.scalar(_unnumbered().with_only_columns(WebhookEvent.id).limit(1)) is not None


def number_events(session: Session) -> int:
    """Give the committed events that have none their numbers, and return how many got one."""
    if session.connection().dialect.name == "postgresql":
        # Held until the commit is seen by all, so that numbers become visible in their order.
        session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    last = session.scalar(select(func.max(WebhookEvent.seq))) or 0
    waiting = session.scalars(_unnumbered().order_by(WebhookEvent.id).limit(MOST_AT_ONCE)).all()
    for seq, event in enumerate(waiting, start=last + 1):
        event.seq = seq
    session.flush()
    return len(waiting)


def list_feed(
    session: Session,
    *,
    after: int | None,
    types: Collection[str] | None,
    limit: int,
    visible: Visible,
) -> Sequence[WebhookEvent]:
    """Return up to `limit` events behind the number `after` (None: from the oldest), in order.

    `types` (None: all) narrows them. Raises CursorExpired when some behind `after` are gone.
    """
    if after is not None:
        _require_kept(session, after)
    wanted = [WebhookEvent.seq > (after or 0), WebhookEvent.is_demo.is_(visible.is_demo)]
    if types is not None:
        wanted.append(WebhookEvent.type.in_(types))
    if visible.indicator_code is not None:
        wanted.append(WebhookEvent.indicator_code == visible.indicator_code)
    return session.scalars(
        select(WebhookEvent).where(*wanted).order_by(WebhookEvent.seq).limit(limit)
    ).all()


def drop_old_events(session: Session, *, now: datetime) -> int:
    """Delete what is older than 90 days and has no delivery left; return how many.

    One that is still to be brought leaves the feed alone, so that no gap stands in its numbers.
    """
    _end_feed(session, before=now - KEPT)
    is_delivered = exists().where(WebhookDelivery.event_id == WebhookEvent.id)
    dropped = session.execute(
        delete(WebhookEvent)
        .where(
            WebhookEvent.occurred_at < now - KEPT,
            WebhookEvent.is_in_feed.is_(False),
            ~is_delivered,
        )
        .execution_options(synchronize_session=False)
    )
    return changed_count(dropped)


def _end_feed(session: Session, *, before: datetime) -> None:
    """Take the feed's old end out of it, up to the first number that is younger than `before`.

    The last number stays with its event, or numbers would begin anew.
    """
    last = session.scalar(select(func.max(WebhookEvent.seq)))
    young = select(func.min(WebhookEvent.seq)).where(WebhookEvent.occurred_at >= before)
    first = session.scalar(young)
    session.execute(
        update(WebhookEvent)
        .where(WebhookEvent.seq < (first or last or 0))
        .values(seq=None, is_in_feed=False)
        .execution_options(synchronize_session="fetch")
    )


def _require_kept(session: Session, after: int) -> None:
    """A number that was never given comes from a database before its restore: it is gone too."""
    first, last = session.execute(
        select(func.min(WebhookEvent.seq), func.max(WebhookEvent.seq))
    ).one()
    if after > (last or 0) or (first is not None and after < first - 1):
        raise CursorExpired


def _unnumbered() -> Select[WebhookEvent]:
    return select(WebhookEvent).where(WebhookEvent.is_in_feed, WebhookEvent.seq.is_(None))
