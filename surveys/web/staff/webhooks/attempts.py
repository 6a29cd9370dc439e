"""Tries to bring a message, each in words: what the receiver said, or why nothing came back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import WebhookAttempt, WebhookDelivery
from surveys.web.words import gettext
from surveys.webhooks.deliveries import list_attempts
from surveys.webhooks.words import ERROR_WORDS


@dataclass(frozen=True)
class Try:
    """One try as it is shown; spans in milliseconds, sizes in bytes."""

    number: int
    at: datetime
    duration_ms: int
    response_bytes: int
    words: str
    is_bad: bool


def list_last_tries(session: Session, deliveries: Sequence[WebhookDelivery]) -> Mapping[int, Try]:
    """Return the last try of each delivery that had one, by the delivery's number."""
    attempts = list_attempts(session, delivery_ids=[delivery.id for delivery in deliveries])
    return {number: tell_try(rows[-1]) for number, rows in attempts.items() if rows}


def list_tries(session: Session, delivery: WebhookDelivery) -> list[Try]:
    """Return all tries of a delivery, the first one first."""
    attempts = list_attempts(session, delivery_ids=[delivery.id])
    return [tell_try(attempt) for attempt in attempts[delivery.id]]


def tell_try(attempt: WebhookAttempt) -> Try:
    """Return a try in the page's language."""
    return Try(
        number=attempt.number,
        at=attempt.at,
        duration_ms=attempt.duration_ms,
        response_bytes=attempt.response_bytes,
        words=_tell(attempt),
        is_bad=attempt.error is not None,
    )


def _tell(attempt: WebhookAttempt) -> str:
    if attempt.error is None:
        return gettext("Taken, with the answer %(status)s.", status=attempt.http_status)
    words = gettext(ERROR_WORDS.get(attempt.error, attempt.error))
    return f"{words} ({attempt.http_status})" if attempt.http_status else words
