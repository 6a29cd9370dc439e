"""Taking due deliveries: a lease by the database's clock, and a fence that rises with each claim.

At least once is right here, unlike for mail: receivers drop what they have had by its id. So a
lease that ran out simply makes a delivery due again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from models import DeliveryState, EndpointStatus, WebhookDelivery, WebhookEndpoint
from surveys.database import changed_count, database_time
from surveys.webhooks.bodies import build_body
from surveys.webhooks.endpoint_secrets import read_secrets
from surveys.webhooks.types import SUPERSEDING, EventType

# Well above the 15 s that a request may take.
LEASE_S = 60
# So that one slow receiver leaves lines to the others.
MOST_A_RECEIVER = 4


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One delivery in the hands of one process: all that is needed to post and settle it."""

    delivery_id: int
    endpoint_id: int
    event_id: str
    kind: str
    claimed_by: str
    fence: int
    attempt_count: int
    url: str
    body: bytes = field(repr=False)
    secrets: Sequence[str] = field(repr=False)
    challenge: str | None = field(repr=False, default=None)


def has_due(session: Session, *, now: datetime) -> bool:
    """Tell whether a delivery could be claimed at `now`."""
    due = select(WebhookDelivery.id).join(WebhookDelivery.endpoint).where(*_is_due(now)).limit(1)
    return session.scalar(due) is not None


def list_claimers(session: Session) -> Sequence[str]:
    """Return the names under which deliveries are held just now."""
    held = select(WebhookDelivery.claimed_by).where(_is_held()).distinct()
    return [name for name in session.scalars(held) if name]


def recover_lost(session: Session, *, dead: Sequence[str]) -> int:
    """Make due again what expired, and what `dead` claimers held; return how many."""
    recovered = session.execute(
        update(WebhookDelivery)
        .where(or_(_is_lost(), and_(_is_held(), WebhookDelivery.claimed_by.in_(dead))))
        .values(status=DeliveryState.PENDING, claimed_by=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )
    return changed_count(recovered)


def claim_due(
    session: Session, *, claimed_by: str, limit: int, keys: Sequence[bytes], now: datetime
) -> list[Claim]:
    """Claim up to `limit` deliveries that are due at `now`; `keys` are DATA_KEYS.

    To one receiver a few go at a time, and one alone while it fails: its row is locked, so that
    two processes count together. What newer words supersede is settled instead of claimed.
    """
    claims: list[Claim] = []
    for endpoint in _lock_receivers(session, limit, now):
        room = min(_count_room(session, endpoint), limit - len(claims))
        picked = _pick(session, endpoint, room, now)
        claims.extend(_claim(one, endpoint, claimed_by, keys, now) for one in picked)
    session.flush()
    return claims


def _lock_receivers(session: Session, limit: int, now: datetime) -> Sequence[WebhookEndpoint]:
    """Return receivers with something due, the longest waiting first, and none another holds."""
    waiting = (
        select(WebhookDelivery.endpoint_id, func.min(WebhookDelivery.next_at).label("since"))
        .join(WebhookDelivery.endpoint)
        .where(*_is_due(now))
        .group_by(WebhookDelivery.endpoint_id)
        .subquery()
    )
    return session.scalars(
        select(WebhookEndpoint)
        .join(waiting, waiting.c.endpoint_id == WebhookEndpoint.id)
        .order_by(waiting.c.since, WebhookEndpoint.id)
        .limit(limit)
        .with_for_update(of=WebhookEndpoint, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()


def _count_room(session: Session, endpoint: WebhookEndpoint) -> int:
    flying = session.scalar(
        select(func.count()).where(WebhookDelivery.endpoint_id == endpoint.id, _is_held())
    )
    most = 1 if endpoint.failing_since is not None else MOST_A_RECEIVER
    return max(0, most - (flying or 0))


def _pick(
    session: Session, endpoint: WebhookEndpoint, room: int, now: datetime
) -> list[WebhookDelivery]:
    """Return what goes to a locked receiver; what is outdated is settled on the way."""
    _supersede_outdated(session, endpoint, now)
    if room == 0:
        return []
    return list(
        session.scalars(
            select(WebhookDelivery)
            .join(WebhookDelivery.endpoint)
            .where(WebhookDelivery.endpoint_id == endpoint.id, *_is_due(now))
            .order_by(WebhookDelivery.next_at, WebhookDelivery.id)
            .limit(room)
            .with_for_update(of=WebhookDelivery, skip_locked=True)
            .execution_options(populate_existing=True)
        )
    )


def _supersede_outdated(session: Session, endpoint: WebhookEndpoint, now: datetime) -> None:
    """Catch what was being sent when newer words came, and failed since."""
    newer = aliased(WebhookDelivery)
    is_outdated = (
        select(newer.id)
        .where(
            newer.endpoint_id == WebhookDelivery.endpoint_id,
            newer.type == WebhookDelivery.type,
            newer.resource == WebhookDelivery.resource,
            newer.id != WebhookDelivery.id,
            or_(
                newer.revision > WebhookDelivery.revision,
                and_(newer.revision == WebhookDelivery.revision, newer.id > WebhookDelivery.id),
            ),
        )
        .exists()
    )
    session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.endpoint_id == endpoint.id,
            WebhookDelivery.status == DeliveryState.PENDING,
            WebhookDelivery.next_at <= now,
            WebhookDelivery.type.in_(SUPERSEDING),
            is_outdated,
        )
        .values(status=DeliveryState.SUPERSEDED, settled_at=now)
        .execution_options(synchronize_session=False)
    )


def _claim(
    delivery: WebhookDelivery,
    endpoint: WebhookEndpoint,
    claimed_by: str,
    keys: Sequence[bytes],
    now: datetime,
) -> Claim:
    event = delivery.event
    delivery.status, delivery.claimed_by = DeliveryState.SENDING, claimed_by
    delivery.fence += 1
    delivery.lease_until = _lease()
    return Claim(
        delivery_id=delivery.id,
        endpoint_id=endpoint.id,
        event_id=f"evt_{event.public_id}",
        kind=delivery.type,
        claimed_by=claimed_by,
        fence=delivery.fence,
        attempt_count=delivery.attempt_count,
        url=endpoint.url,
        body=build_body(event, payload=endpoint.payload, api_version=endpoint.api_version),
        secrets=read_secrets(endpoint, keys, now),
        challenge=event.data.get("challenge"),
    )


def _lease() -> Any:
    """An SQL expression, which the attribute takes in place of an instant."""
    return database_time(LEASE_S)


def _is_due(now: datetime) -> list[ColumnElement[bool]]:
    """Conditions on a delivery joined with its endpoint."""
    is_verification = WebhookDelivery.type == EventType.ENDPOINT_VERIFICATION
    is_test = WebhookDelivery.type == EventType.ENDPOINT_TEST
    status = WebhookEndpoint.status
    is_at_rest = WebhookEndpoint.slowed_until > now
    return [
        WebhookDelivery.status == DeliveryState.PENDING,
        WebhookDelivery.next_at <= now,
        WebhookEndpoint.deleted_at.is_(None),
        or_(
            and_(is_verification, status == EndpointStatus.PENDING),
            and_(is_test, status.in_([EndpointStatus.ACTIVE, EndpointStatus.PAUSED])),
            and_(
                status == EndpointStatus.ACTIVE,
                or_(WebhookEndpoint.slowed_until.is_(None), ~is_at_rest),
            ),
        ),
    ]


def _is_held() -> ColumnElement[bool]:
    return WebhookDelivery.status == DeliveryState.SENDING


def _is_lost() -> ColumnElement[bool]:
    return and_(_is_held(), WebhookDelivery.lease_until < database_time(0))
