"""Receivers in every state, and a log with every kind of end."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import DeliveryState, EndpointStatus, WebhookAttempt, WebhookEndpoint
from surveys.webhooks.addresses import EgressPolicy
from surveys.webhooks.endpoints import EndpointDraft, Maker, create_endpoint
from surveys.webhooks.types import SUBSCRIBABLE
from tests.conftest import NOW
from tests.webhooks.receivers import make_delivery

RECEIVERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Mezun Bilgi Sistemi", {"last_success_at": NOW}),
    ("Raporlama Merkezi", {"failing_since": NOW - timedelta(days=2), "failure_count": 8}),
    ("Rektörlük Panosu", {"status": EndpointStatus.PENDING}),
    ("Eski Portal", {"status": EndpointStatus.DISABLED, "disabled_reason": "gone"}),
    ("Kalite Koordinatörlüğü", {"status": EndpointStatus.PAUSED}),
)
ATTEMPTS: tuple[tuple[DeliveryState, tuple[str | None, ...]], ...] = (
    (DeliveryState.SUCCEEDED, (None,)),
    (DeliveryState.FAILED, ("http_5xx", "deadline")),
    (DeliveryState.PENDING, ("connect_timeout",)),
    (DeliveryState.SUPERSEDED, ()),
    (DeliveryState.PENDING, ()),
)


def add_receivers(session: Session, *, keys: list[bytes]) -> str:
    """Add them; the first one has the log, and its public id is returned."""
    made = [_add(session, name, state, keys) for name, state in RECEIVERS]
    for status, errors in ATTEMPTS:
        settled_at = None if status == DeliveryState.PENDING else NOW
        delivery = make_delivery(session, made[0], status=status, settled_at=settled_at)
        session.add_all(
            WebhookAttempt(
                delivery_id=delivery.id,
                number=number,
                at=NOW,
                duration_ms=120,
                http_status=None if error in ("connect_timeout", "deadline") else 200,
                error=error,
                response_bytes=0,
            )
            for number, error in enumerate(errors, start=1)
        )
    return made[0].public_id


def _add(session: Session, name: str, state: dict[str, Any], keys: list[bytes]) -> WebhookEndpoint:
    endpoint, _secret = create_endpoint(
        session,
        draft=EndpointDraft(
            name=name,
            url="https://mezun.example.edu.tr/hooks/donut-donut-donut",
            event_types=tuple(SUBSCRIBABLE[:2]),
            owner_email="bim@example.edu.tr",
        ),
        maker=Maker("staff:1", is_demo=False),
        policy=EgressPolicy(),
        keys=keys,
        now=NOW,
    )
    for column, value in {"status": EndpointStatus.ACTIVE, **state}.items():
        setattr(endpoint, column, value)
    session.flush()
    return endpoint
