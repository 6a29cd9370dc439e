"""What happened, said once, and queued for each receiver that wants to know.

Called in the transaction of the change, or of the mark that rests on it: event and deliveries are
committed together, so that a crash loses neither.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import (
    DeliveryState,
    Document,
    EndpointStatus,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)
from surveys.tokens import new_id
from surveys.webhooks.types import SUPERSEDING, EventType

EVENT_BITS = 128
INSERTS: dict[str, Callable[[type[WebhookEvent]], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


@dataclass(frozen=True, kw_only=True)
class Happening:
    """Something to say. `key` names the occasion for ever; `data` has the totals.

    `resource` and `revision` order what is said of one thing; `is_demo` and `indicator_code` say
    who may read it.
    """

    type: EventType
    key: str
    resource: str
    revision: int
    data: Document
    is_demo: bool = False
    indicator_code: str | None = None


def record_event(session: Session, *, happening: Happening, now: datetime) -> WebhookEvent | None:
    """Say it, and queue it for every active receiver of its world that subscribed to the type.

    None when this occasion was said before, be it by another process at this very moment.
    """
    event = _insert_once(session, happening, now, is_in_feed=True)
    if event is None:
        return None
    endpoints = _list_subscribed(session, event)
    _supersede(session, event, endpoints, now)
    session.add_all(_make_delivery(event, endpoint, now) for endpoint in endpoints)
    session.flush()
    return event


def send_to(
    session: Session, *, endpoint: WebhookEndpoint, happening: Happening, now: datetime
) -> WebhookDelivery:
    """Say something to one receiver alone, who asked for it; it stands in no feed.

    Raises ValueError when the occasion was said before: its key must be new.
    """
    event = _insert_once(session, happening, now, is_in_feed=False)
    if event is None:
        raise ValueError(f"said before: {happening.key}")
    _supersede(session, event, [endpoint], now)
    delivery = _make_delivery(event, endpoint, now)
    session.add(delivery)
    session.flush()
    return delivery


def _insert_once(
    session: Session, happening: Happening, now: datetime, *, is_in_feed: bool
) -> WebhookEvent | None:
    values: dict[str, Any] = {
        "public_id": new_id(EVENT_BITS),
        "key": happening.key,
        "is_in_feed": is_in_feed,
        "is_demo": happening.is_demo,
        "type": happening.type.value,
        "resource": happening.resource,
        "revision": happening.revision,
        "indicator_code": happening.indicator_code,
        "occurred_at": now,
        "data": happening.data,
    }
    insert = INSERTS[session.connection().dialect.name](WebhookEvent)
    once = insert.values(values).on_conflict_do_nothing(index_elements=[WebhookEvent.key])
    return session.scalar(once.returning(WebhookEvent))


def _list_subscribed(session: Session, event: WebhookEvent) -> list[WebhookEndpoint]:
    """Return who is to hear of it, held so that nobody is paused or deleted until the commit."""
    active = session.scalars(
        select(WebhookEndpoint)
        .where(
            WebhookEndpoint.status == EndpointStatus.ACTIVE,
            WebhookEndpoint.deleted_at.is_(None),
            WebhookEndpoint.is_demo.is_(event.is_demo),
        )
        .order_by(WebhookEndpoint.id)
        .with_for_update(read=True)
    )
    return [endpoint for endpoint in active if event.type in endpoint.event_types]


def _supersede(
    session: Session, event: WebhookEvent, endpoints: Iterable[WebhookEndpoint], now: datetime
) -> None:
    """Take older words on the same thing out of the queue; what is being sent goes on."""
    if event.type not in SUPERSEDING:
        return
    session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.endpoint_id.in_([endpoint.id for endpoint in endpoints]),
            WebhookDelivery.status == DeliveryState.PENDING,
            WebhookDelivery.type == event.type,
            WebhookDelivery.resource == event.resource,
            WebhookDelivery.revision <= event.revision,
        )
        .values(status=DeliveryState.SUPERSEDED, settled_at=now)
        .execution_options(synchronize_session=False)
    )


def _make_delivery(
    event: WebhookEvent, endpoint: WebhookEndpoint, now: datetime
) -> WebhookDelivery:
    return WebhookDelivery(
        public_id=new_id(),
        endpoint_id=endpoint.id,
        event_id=event.id,
        type=event.type,
        resource=event.resource,
        revision=event.revision,
        next_at=now,
        created_at=now,
    )
