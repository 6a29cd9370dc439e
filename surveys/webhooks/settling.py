"""What came of one attempt, written down: on the delivery, in its log, and on its receiver.

Guarded by the claim's owner and fence: whoever was frozen and wakes up changes nothing that was
given to another meanwhile. The receiver's row is locked first, here as in every other place.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import (
    DeliveryState,
    EndpointStatus,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from surveys.webhooks.answers import Answer, EgressError, Failure
from surveys.webhooks.asking import cancel_deliveries
from surveys.webhooks.claiming import Claim
from surveys.webhooks.retries import find_slowing, find_wait
from surveys.webhooks.types import EventType

DISABLE_AFTER: Final = timedelta(days=5)
LEAST_EVENTS: Final = 3
# Beside the classes of `answers`: the receiver answered, but not what it was asked.
WRONG_CHALLENGE: Final = "wrong_challenge"
NO_SECRET: Final = "no_secret"  # noqa: S105 - names a fault


class Occasion(StrEnum):
    """What the owner of a receiver is told."""

    EXHAUSTED = "exhausted"
    DISABLED = "disabled"


class DisabledReason(StrEnum):
    """Why we switched a receiver off."""

    GONE = "gone"
    FAILING = "failing"


@dataclass(frozen=True)
class Settled:
    """What a delivery came to; `occasion` is what its receiver's owner has to hear."""

    state: DeliveryState
    occasion: Occasion | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One attempt as it is logged; `error` is None when it succeeded."""

    error: str | None
    http_status: int | None = None
    retry_after: int | None = None
    duration_ms: int = 0
    response_bytes: int = 0


def read_outcome(claim: Claim, result: Answer | Failure) -> Outcome:
    """Return what an answer means for this delivery: a challenge must be answered with itself."""
    error = None if result.error is None else result.error.value
    is_open = error is None and claim.challenge is not None and isinstance(result, Answer)
    if is_open and not _answers(claim.challenge, result):
        error = WRONG_CHALLENGE
    return Outcome(
        error=error,
        http_status=result.status,
        retry_after=result.retry_after,
        duration_ms=result.duration_ms,
        response_bytes=result.response_bytes,
    )


def settle(
    session: Session, *, claim: Claim, outcome: Outcome, spread: float, now: datetime
) -> Settled | None:
    """Record an attempt; None when the claim was taken back meanwhile, a normal event.

    `spread` (0.8 to 1.2) scatters the next attempt.
    """
    endpoint = session.get_one(
        WebhookEndpoint, claim.endpoint_id, with_for_update=True, populate_existing=True
    )
    delivery = session.scalar(
        select(WebhookDelivery)
        .where(
            WebhookDelivery.id == claim.delivery_id,
            WebhookDelivery.claimed_by == claim.claimed_by,
            WebhookDelivery.fence == claim.fence,
            WebhookDelivery.status == DeliveryState.SENDING,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if delivery is None:
        return None
    _log(session, delivery, outcome, now)
    delivery.attempt_count += 1
    delivery.claimed_by = delivery.lease_until = None
    if outcome.error is None:
        return _succeed(session, delivery, endpoint, claim, now)
    return _fail(session, delivery, endpoint, outcome, spread, now)


def _succeed(
    session: Session,
    delivery: WebhookDelivery,
    endpoint: WebhookEndpoint,
    claim: Claim,
    now: datetime,
) -> Settled:
    delivery.status, delivery.settled_at = DeliveryState.SUCCEEDED, now
    endpoint.failing_since = endpoint.slowed_until = None
    endpoint.failure_count = 0
    endpoint.last_success_at = now
    is_agreed = claim.challenge is not None and endpoint.url == claim.url
    if is_agreed and endpoint.status == EndpointStatus.PENDING:
        endpoint.status, endpoint.verified_at = EndpointStatus.ACTIVE, now
        _touch(endpoint, now)
    session.flush()
    return Settled(DeliveryState.SUCCEEDED)


def _fail(
    session: Session,
    delivery: WebhookDelivery,
    endpoint: WebhookEndpoint,
    outcome: Outcome,
    spread: float,
    now: datetime,
) -> Settled:
    is_gone = outcome.error == EgressError.GONE
    wait = find_wait(
        kind=delivery.type,
        attempt_count=delivery.attempt_count,
        retry_after=outcome.retry_after,
        spread=spread,
    )
    if is_gone or wait is None:
        delivery.status, delivery.settled_at = DeliveryState.FAILED, now
    else:
        delivery.status, delivery.next_at = DeliveryState.PENDING, now + wait
    occasion = None
    if delivery.type not in (EventType.ENDPOINT_TEST, EventType.ENDPOINT_VERIFICATION):
        _note_failure(endpoint, outcome, wait, now)
        occasion = _judge(session, endpoint, delivery, is_gone=is_gone, now=now)
    elif is_gone and endpoint.status == EndpointStatus.ACTIVE:
        occasion = _disable(session, endpoint, DisabledReason.GONE, now)
    session.flush()
    # Disabling cancels all that waits, this one too.
    session.refresh(delivery)
    return Settled(DeliveryState(delivery.status), occasion)


def _note_failure(
    endpoint: WebhookEndpoint, outcome: Outcome, wait: timedelta | None, now: datetime
) -> None:
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.failure_count += 1
    slowing = find_slowing(
        http_status=outcome.http_status,
        failure_count=endpoint.failure_count,
        wait=wait,
        retry_after=outcome.retry_after,
    )
    if slowing is not None:
        endpoint.slowed_until = max(endpoint.slowed_until or now, now + slowing)


def _judge(
    session: Session,
    endpoint: WebhookEndpoint,
    delivery: WebhookDelivery,
    *,
    is_gone: bool,
    now: datetime,
) -> Occasion | None:
    if is_gone:
        return _disable(session, endpoint, DisabledReason.GONE, now)
    if _is_hopeless(session, endpoint, now):
        return _disable(session, endpoint, DisabledReason.FAILING, now)
    return Occasion.EXHAUSTED if delivery.status == DeliveryState.FAILED else None


def _is_hopeless(session: Session, endpoint: WebhookEndpoint, now: datetime) -> bool:
    """Tell whether every attempt of five days failed, and not those of one or two events alone."""
    since = endpoint.failing_since
    if since is None or now - since < DISABLE_AFTER:
        return False
    tried = session.scalar(
        select(func.count(WebhookDelivery.event_id.distinct()))
        .join(WebhookAttempt, WebhookAttempt.delivery_id == WebhookDelivery.id)
        .where(WebhookDelivery.endpoint_id == endpoint.id, WebhookAttempt.at >= since)
    )
    return (tried or 0) >= LEAST_EVENTS


def _disable(
    session: Session, endpoint: WebhookEndpoint, reason: DisabledReason, now: datetime
) -> Occasion | None:
    if endpoint.status == EndpointStatus.DISABLED or endpoint.deleted_at is not None:
        return None
    endpoint.status, endpoint.disabled_reason = EndpointStatus.DISABLED, reason.value
    _touch(endpoint, now)
    session.flush()
    cancel_deliveries(session, endpoint=endpoint, now=now)
    return Occasion.DISABLED


def _touch(endpoint: WebhookEndpoint, now: datetime) -> None:
    endpoint.version += 1
    endpoint.updated_at = now


def _log(session: Session, delivery: WebhookDelivery, outcome: Outcome, now: datetime) -> None:
    last = session.scalar(
        select(func.max(WebhookAttempt.number)).where(WebhookAttempt.delivery_id == delivery.id)
    )
    session.add(
        WebhookAttempt(
            delivery_id=delivery.id,
            number=(last or 0) + 1,
            at=now,
            duration_ms=outcome.duration_ms,
            http_status=outcome.http_status,
            error=outcome.error,
            response_bytes=outcome.response_bytes,
        )
    )
    session.flush()


def _answers(challenge: str | None, answer: Answer | Failure) -> bool:
    """Tell whether the body is JSON that holds the challenge; nothing of it is kept."""
    if not isinstance(answer, Answer):
        return False
    try:
        said = json.loads(answer.body_start)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and said.get("challenge") == challenge
