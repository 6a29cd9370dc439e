"""The states that people move a receiver through: pending → active ⇄ paused, disabled → pending.

`active` after the answer to a challenge, and `disabled` after days of failure, are the engine's.
Every function takes a receiver that was read with a lock.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from models import EndpointStatus, WebhookDelivery, WebhookEndpoint
from surveys.webhooks.asking import ask_for_verification, queue_test
from surveys.webhooks.endpoints import touch
from surveys.webhooks.refusals import Disabled, NotVerified, Paused, VerifiedAlready


def pause_endpoint(session: Session, *, endpoint: WebhookEndpoint, now: datetime) -> bool:
    """Let nothing go to a receiver until it is resumed; False when it was paused already.

    Raises NotVerified, Disabled.
    """
    if endpoint.status == EndpointStatus.PAUSED:
        return False
    _refuse_the_silent(endpoint)
    endpoint.status = EndpointStatus.PAUSED
    touch(endpoint, now=now)
    session.flush()
    return True


def resume_endpoint(session: Session, *, endpoint: WebhookEndpoint, now: datetime) -> bool:
    """Let a paused receiver have what waits for it; False when it was active already.

    Raises NotVerified, Disabled.
    """
    if endpoint.status == EndpointStatus.ACTIVE:
        return False
    _refuse_the_silent(endpoint)
    endpoint.status = EndpointStatus.ACTIVE
    touch(endpoint, now=now)
    session.flush()
    return True


def verify_endpoint(
    session: Session, *, endpoint: WebhookEndpoint, now: datetime
) -> WebhookDelivery:
    """Send a receiver a challenge; its answer makes it active.

    One that was disabled becomes `pending` and comes back the same way, since the answer proves
    that it listens again. Raises VerifiedAlready.
    """
    if endpoint.status in (EndpointStatus.ACTIVE, EndpointStatus.PAUSED):
        raise VerifiedAlready
    if endpoint.status == EndpointStatus.DISABLED:
        endpoint.status = EndpointStatus.PENDING
        endpoint.failing_since = endpoint.slowed_until = endpoint.disabled_reason = None
        endpoint.failure_count = 0
        touch(endpoint, now=now)
    return ask_for_verification(session, endpoint=endpoint, now=now)


def send_test(session: Session, *, endpoint: WebhookEndpoint, now: datetime) -> WebhookDelivery:
    """Send a receiver an `endpoint.test`. Raises NotVerified, Disabled."""
    _refuse_the_silent(endpoint)
    return queue_test(session, endpoint=endpoint, now=now)


def require_active(endpoint: WebhookEndpoint) -> None:
    """Refuse to send to a receiver now. Raises NotVerified, Disabled, Paused."""
    _refuse_the_silent(endpoint)
    if endpoint.status == EndpointStatus.PAUSED:
        raise Paused


def _refuse_the_silent(endpoint: WebhookEndpoint) -> None:
    if endpoint.status == EndpointStatus.PENDING:
        raise NotVerified
    if endpoint.status == EndpointStatus.DISABLED:
        raise Disabled
