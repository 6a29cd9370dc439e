"""The secrets that sign what goes to a receiver: sealed, since they must be read again.

Two sign while one replaces the other, so that the receiver can change over without a gap.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from models import WebhookEndpoint
from surveys.database import changed_count
from surveys.tokens import seal, unseal
from surveys.webhooks.refusals import OverlapRefused
from surveys.webhooks.signing import new_signing_secret

USUAL_OVERLAP: Final = timedelta(hours=24)
LONGEST_OVERLAP: Final = timedelta(hours=72)


def new_sealed_secret(keys: Sequence[bytes]) -> tuple[str, str]:
    """Return a new secret as the receiver is shown it, and as we keep it under DATA_KEYS."""
    secret = new_signing_secret()
    return secret, seal(keys, secret)


def rotate_secret(
    session: Session,
    *,
    endpoint: WebhookEndpoint,
    keys: Sequence[bytes],
    now: datetime,
    overlap: timedelta = USUAL_OVERLAP,
) -> str:
    """Give a locked receiver a new secret and return it; the one of before signs for `overlap`.

    A secret that was older still stops at once: two sign, never three. Raises OverlapRefused.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise OverlapRefused(most=int(LONGEST_OVERLAP / timedelta(hours=1)))
    secret, sealed = new_sealed_secret(keys)
    keeps_old = overlap > timedelta(0)
    endpoint.old_secret_sealed = endpoint.secret_sealed if keeps_old else None
    endpoint.old_secret_until = now + overlap if keeps_old else None
    endpoint.secret_sealed = sealed
    endpoint.version += 1
    endpoint.updated_at = now
    session.flush()
    return secret


def read_secrets(endpoint: WebhookEndpoint, keys: Sequence[bytes], now: datetime) -> list[str]:
    """Return the secrets that sign at `now`, the newest first.

    Empty when there are none: the receiver was deleted, or DATA_KEYS no longer open them.
    """
    sealed = [endpoint.secret_sealed]
    if endpoint.old_secret_until is not None and now < endpoint.old_secret_until:
        sealed.append(endpoint.old_secret_sealed)
    opened = [unseal(keys, text) for text in sealed if text is not None]
    return [secret for secret in opened if secret is not None]


def drop_old_secrets(session: Session, *, now: datetime) -> int:
    """Forget the secrets whose time to sign beside a newer one is over; return how many."""
    dropped = session.execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.old_secret_until <= now)
        .values(old_secret_sealed=None, old_secret_until=None)
        .execution_options(synchronize_session=False)
    )
    return changed_count(dropped)
