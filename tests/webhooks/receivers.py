"""Receivers of other systems, as the rooms make them, for tests."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import EndpointStatus, WebhookDelivery, WebhookEndpoint, WebhookEvent
from surveys.tokens import new_id
from surveys.webhooks.addresses import EgressPolicy
from surveys.webhooks.endpoints import EndpointDraft, Maker, create_endpoint
from surveys.webhooks.types import EventType
from tests.conftest import NOW

DATA_KEYS = [b"a-data-key-of-32-bytes-or-longer"]
URL = "https://mezun.example.edu.tr/hooks/donut"
POLICY = EgressPolicy()


def draft(**over: Any) -> EndpointDraft:
    values: dict[str, Any] = {
        "name": "Mezun Bilgi Sistemi",
        "url": URL,
        "event_types": (EventType.RESPONSE_RATE_UPDATED, EventType.INDICATOR_UPDATED),
        "owner_email": "bim@example.edu.tr",
        **over,
    }
    return EndpointDraft(**values)


def make_receiver(
    session: Session, *, is_demo: bool = False, state: dict[str, Any] | None = None, **over: Any
) -> WebhookEndpoint:
    """Return a receiver; `over` changes what people decide, `state` its columns afterwards."""
    endpoint, _secret = create_endpoint(
        session,
        draft=draft(**over),
        maker=Maker("staff:1", is_demo=is_demo),
        policy=POLICY,
        keys=DATA_KEYS,
        now=NOW,
    )
    for column, value in {"status": EndpointStatus.ACTIVE, **(state or {})}.items():
        setattr(endpoint, column, value)
    session.flush()
    return endpoint


def make_delivery(
    session: Session,
    endpoint: WebhookEndpoint,
    *,
    kind: EventType = EventType.RESPONSE_RATE_UPDATED,
    **over: Any,
) -> WebhookDelivery:
    """Return an event on its way to `endpoint`; `over` are columns of the delivery."""
    public_id = new_id(128)
    event = WebhookEvent(
        public_id=public_id,
        key=f"{kind}:{public_id}",
        type=kind,
        resource="survey:1",
        revision=1,
        occurred_at=NOW,
        data={"survey_id": "srv_pvkq4b5z4zdai", "revision": 1},
    )
    session.add(event)
    session.flush()
    values: dict[str, Any] = {"status": "pending", "next_at": NOW, "created_at": NOW, **over}
    delivery = WebhookDelivery(
        public_id=new_id(),
        endpoint_id=endpoint.id,
        event_id=event.id,
        type=kind,
        resource=event.resource,
        revision=event.revision,
        **values,
    )
    session.add(delivery)
    session.flush()
    return delivery


def list_deliveries_to(session: Session, endpoint: WebhookEndpoint) -> list[WebhookDelivery]:
    """Return what was ever queued for `endpoint`, read anew, the oldest first."""
    wanted = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint.id)
    anew = wanted.order_by(WebhookDelivery.id).execution_options(populate_existing=True)
    return list(session.scalars(anew))
