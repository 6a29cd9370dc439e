"""What of a resource was last told, and the telling itself: once, with its mark in one commit."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Announcement, Document
from surveys.webhooks.events import Happening, record_event
from surveys.webhooks.types import EventType

OPENED = "opened"
TARGET_MET = "target_met"

INSERTS: dict[str, Callable[[type[Announcement]], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Under which terms a pass tells: rates at most once in `coalesce` for one resource.

    `base_url` begins the addresses that events hold; `zone` says when a year ends.
    """

    now: datetime
    zone: tzinfo
    base_url: str
    coalesce: timedelta


@dataclass(frozen=True)
class Subject:
    """What events are about, and who may read them. `resource` orders them, `name` is its mark."""

    resource: str
    is_demo: bool
    indicator_code: str | None


def read_announcements(session: Session, *, resources: Collection[str]) -> dict[str, Announcement]:
    """Return what was told of these resources; those never told of are missing."""
    found = session.scalars(select(Announcement).where(Announcement.resource.in_(resources)))
    return {announcement.resource: announcement for announcement in found}


def hold(session: Session, *, resource: str) -> Announcement:
    """Return the mark of a resource, locked until the commit: one process tells at a time."""
    insert = INSERTS[session.connection().dialect.name](Announcement)
    empty = {"resource": resource, "revision": 0, "seen_revision": 0, "occasions": []}
    session.execute(
        insert.values(empty).on_conflict_do_nothing(index_elements=[Announcement.resource])
    )
    return session.scalars(
        select(Announcement)
        .where(Announcement.resource == resource)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def is_due(told: Announcement | None, *, revision: int, terms: Terms) -> bool:
    """Tell whether figures changed since they were told, and that long enough ago."""
    if told is None or told.announced_at is None:
        return True
    return revision > told.revision and terms.now - told.announced_at >= terms.coalesce


def has_had(told: Announcement | None, occasion: str) -> bool:
    """Tell whether an occasion that comes once has come."""
    return told is not None and occasion in told.occasions


def note_occasion(told: Announcement, occasion: str) -> None:
    """Remember that an occasion has come."""
    told.occasions = [*told.occasions, occasion]


def note_told(told: Announcement, *, revision: int, now: datetime) -> None:
    """Remember at which revision figures were told."""
    told.revision, told.announced_at = max(revision, told.revision), now


def say(
    session: Session,
    kind: EventType,
    *,
    subject: Subject,
    occasion: str,
    data: Document,
    now: datetime,
) -> int:
    """Record one event; return 1, or 0 when this occasion was told before."""
    happening = make_happening(kind, subject=subject, occasion=occasion, data=data)
    return int(record_event(session, happening=happening, now=now) is not None)


def make_happening(
    kind: EventType, *, subject: Subject, occasion: str, data: Document
) -> Happening:
    """Return something to say; `data` holds the revision, `occasion` tells it from other words."""
    return Happening(
        type=kind,
        key=f"{kind}:{subject.resource}:{occasion}",
        resource=subject.resource,
        revision=data["revision"],
        data=data,
        is_demo=subject.is_demo,
        indicator_code=subject.indicator_code,
    )
