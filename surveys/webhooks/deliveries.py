"""The log of what went to a receiver, and sending again what did not arrive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, delete, or_, select
from sqlalchemy.orm import Session, joinedload

from models import (
    DeliveryState,
    EndpointStatus,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from surveys.database import changed_count
from surveys.errors import N_, DonutError
from surveys.webhooks.refusals import WrongState
from surveys.webhooks.types import SUPERSEDING

SUCCEEDED_KEPT = timedelta(days=30)
OTHERS_KEPT = timedelta(days=90)


class DeliveryNotFound(DonutError):
    """No delivery of this world has this id."""

    code = "delivery_not_found"
    status = 404
    message = N_("This delivery doesn't exist.")


class ReceiverNotListening(WrongState):
    """Nothing goes to a receiver that is not verified, switched off or deleted."""

    message = N_("Nothing goes to this receiver at present. Verify it first, then send again.")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which deliveries are looked for; None and empty are all."""

    endpoint_id: int | None = None
    statuses: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    is_demo: bool | None = None


def list_deliveries(
    session: Session, *, wanted: Wanted, limit: int, before_id: int | None = None
) -> Sequence[WebhookDelivery]:
    """Return the newest deliveries with event and endpoint; `before_id` goes on after a page."""
    chosen = _conditions(wanted)
    if before_id is not None:
        chosen.append(WebhookDelivery.id < before_id)
    return session.scalars(
        _whole().where(*chosen).order_by(WebhookDelivery.id.desc()).limit(limit)
    ).all()


def get_delivery(
    session: Session, *, public_id: str, is_demo: bool | None = None
) -> WebhookDelivery:
    """Return a delivery of this world (None: of either) by the id that stands behind `whd_`.

    Raises DeliveryNotFound.
    """
    chosen = [*_conditions(Wanted(is_demo=is_demo)), WebhookDelivery.public_id == public_id]
    delivery = session.scalar(_whole().where(*chosen))
    if delivery is None:
        raise DeliveryNotFound
    return delivery


def list_attempts(
    session: Session, *, delivery_ids: Sequence[int]
) -> Mapping[int, Sequence[WebhookAttempt]]:
    """Return the attempts of each of these deliveries, the first one first, in one query."""
    attempts: dict[int, list[WebhookAttempt]] = {delivery_id: [] for delivery_id in delivery_ids}
    found = session.scalars(
        select(WebhookAttempt)
        .where(WebhookAttempt.delivery_id.in_(delivery_ids))
        .order_by(WebhookAttempt.delivery_id, WebhookAttempt.number)
    )
    for attempt in found:
        attempts[attempt.delivery_id].append(attempt)
    return attempts


def replay_delivery(
    session: Session, *, delivery: WebhookDelivery, now: datetime
) -> WebhookDelivery:
    """Send a delivery again, at once and with its old event's id; return the one that goes.

    Where newer words on the same thing supersede it, that is the newest. One that is being sent
    goes on. Raises ReceiverNotListening.
    """
    _take_listening(session, delivery.endpoint_id)
    chosen = _find_newest(session, delivery)
    _send_again(chosen, now)
    session.flush()
    return chosen


def recover_failed(
    session: Session, *, endpoint: WebhookEndpoint, since: datetime, now: datetime
) -> int:
    """Send everything that failed at or after `since` again; return how much goes.

    What newer words superseded meanwhile does not. Raises ReceiverNotListening.
    """
    _take_listening(session, endpoint.id)
    failed = session.scalars(
        select(WebhookDelivery)
        .where(
            WebhookDelivery.endpoint_id == endpoint.id,
            WebhookDelivery.status == DeliveryState.FAILED,
            WebhookDelivery.settled_at >= since,
        )
        .order_by(WebhookDelivery.id)
    ).all()
    newest = {delivery.id: _find_newest(session, delivery) for delivery in failed}
    for delivery in failed:
        if newest[delivery.id] is delivery:
            _send_again(delivery, now)
        else:
            delivery.status, delivery.settled_at = DeliveryState.SUPERSEDED, now
    session.flush()
    return sum(found.id == delivery_id for delivery_id, found in newest.items())


def drop_old_deliveries(session: Session, *, now: datetime) -> int:
    """Delete what succeeded over 30 days ago and what ended otherwise over 90; return how many."""
    dropped = session.execute(
        delete(WebhookDelivery)
        .where(
            or_(
                and_(
                    WebhookDelivery.status == DeliveryState.SUCCEEDED,
                    WebhookDelivery.settled_at < now - SUCCEEDED_KEPT,
                ),
                WebhookDelivery.settled_at < now - OTHERS_KEPT,
            )
        )
        .execution_options(synchronize_session=False)
    )
    return changed_count(dropped)


def _take_listening(session: Session, endpoint_id: int) -> None:
    """Lock the receiver, and let its queue move: whoever sends again says that it is well."""
    endpoint = session.get_one(
        WebhookEndpoint, endpoint_id, with_for_update=True, populate_existing=True
    )
    is_listening = endpoint.status in {EndpointStatus.ACTIVE, EndpointStatus.PAUSED}
    if endpoint.deleted_at is not None or not is_listening:
        raise ReceiverNotListening
    endpoint.slowed_until = None


def _find_newest(session: Session, delivery: WebhookDelivery) -> WebhookDelivery:
    if delivery.type not in SUPERSEDING:
        return delivery
    return session.scalars(
        select(WebhookDelivery)
        .where(
            WebhookDelivery.endpoint_id == delivery.endpoint_id,
            WebhookDelivery.type == delivery.type,
            WebhookDelivery.resource == delivery.resource,
        )
        .order_by(WebhookDelivery.revision.desc(), WebhookDelivery.id.desc())
        .limit(1)
    ).one()


def _send_again(delivery: WebhookDelivery, now: datetime) -> None:
    if delivery.status == DeliveryState.SENDING:
        return
    delivery.status, delivery.attempt_count = DeliveryState.PENDING, 0
    delivery.next_at, delivery.settled_at = now, None


def _whole() -> Select[WebhookDelivery]:
    return select(WebhookDelivery).options(
        joinedload(WebhookDelivery.event), joinedload(WebhookDelivery.endpoint)
    )


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if wanted.endpoint_id is not None:
        chosen.append(WebhookDelivery.endpoint_id == wanted.endpoint_id)
    if wanted.statuses:
        chosen.append(WebhookDelivery.status.in_(wanted.statuses))
    if wanted.types:
        chosen.append(WebhookDelivery.type.in_(wanted.types))
    if wanted.is_demo is not None:
        chosen.append(WebhookDelivery.endpoint.has(WebhookEndpoint.is_demo.is_(wanted.is_demo)))
    return chosen
