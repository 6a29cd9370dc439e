"""What is said to one receiver alone: the challenge that it must answer, and a test.

Such events never stand in the feed. Here they are queued, and what is on its way is cancelled;
bringing them there, and reading the answer, is the engine's.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from models import DeliveryState, Document, WebhookDelivery, WebhookEndpoint, WebhookEvent
from surveys.database import changed_count
from surveys.tokens import new_id, new_secret
from surveys.webhooks.types import EventType

ON_THE_WAY = (DeliveryState.PENDING, DeliveryState.SENDING)


def ask_for_verification(
    session: Session, *, endpoint: WebhookEndpoint, now: datetime
) -> WebhookDelivery:
    """Queue a random challenge, in place of every earlier one.

    An earlier challenge that is on its way to an older address can't be answered any more.
    """
    kind = EventType.ENDPOINT_VERIFICATION
    cancel_deliveries(session, endpoint=endpoint, types=[kind], now=now)
    return _queue(session, endpoint, kind, {"challenge": new_secret()}, now)


def queue_test(session: Session, *, endpoint: WebhookEndpoint, now: datetime) -> WebhookDelivery:
    """Queue an `endpoint.test`, which says nothing and expects a 2xx."""
    return _queue(session, endpoint, EventType.ENDPOINT_TEST, {}, now)


def cancel_deliveries(
    session: Session,
    *,
    endpoint: WebhookEndpoint,
    now: datetime,
    types: Sequence[str] | None = None,
) -> int:
    """Cancel what is on its way to a receiver (None: of all types); return how many.

    The raised fence keeps whoever is sending one of them just now from settling it afterwards.
    """
    wanted = [
        WebhookDelivery.endpoint_id == endpoint.id,
        WebhookDelivery.status.in_(ON_THE_WAY),
    ]
    if types is not None:
        wanted.append(WebhookDelivery.type.in_(types))
    cancelled = session.execute(
        update(WebhookDelivery)
        .where(*wanted)
        .values(
            status=DeliveryState.CANCELLED,
            fence=WebhookDelivery.fence + 1,
            claimed_by=None,
            lease_until=None,
            settled_at=now,
        )
        .execution_options(synchronize_session=False)
    )
    return changed_count(cancelled)


def _queue(
    session: Session, endpoint: WebhookEndpoint, kind: EventType, data: Document, now: datetime
) -> WebhookDelivery:
    public_id = new_id(128)
    event = WebhookEvent(
        public_id=public_id,
        key=f"{kind}:{public_id}",
        is_in_feed=False,
        is_demo=endpoint.is_demo,
        type=kind,
        resource=f"endpoint:{endpoint.public_id}",
        revision=endpoint.version,
        occurred_at=now,
        data=data,
    )
    session.add(event)
    session.flush()
    delivery = WebhookDelivery(
        public_id=new_id(),
        endpoint_id=endpoint.id,
        event_id=event.id,
        type=kind,
        resource=event.resource,
        revision=event.revision,
        next_at=now,
        created_at=now,
    )
    session.add(delivery)
    session.flush()
    return delivery
