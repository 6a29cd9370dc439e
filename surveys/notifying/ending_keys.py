"""Which keys of other systems are about to end, so that admins are told 30 and 7 days before."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models import ApiKey
from surveys.api_keys.keeping import list_expiring
from surveys.api_keys.lifetimes import SOON, VERY_SOON
from surveys.indicators.finding import HEADLINE, is_demo_only

# The nearest first: a scheduler that slept tells of that one alone.
STEPS: Sequence[timedelta] = (VERY_SOON, SOON)


def list_ending(session: Session, *, now: datetime) -> list[ApiKey]:
    """Return the keys to be told of at `now`, the first to end first.

    Real ones, or demo ones while demo data are all there is. Left out is a key that has a
    successor, and one made for so short a time that there is no news in its end.
    """
    is_demo = is_demo_only(session, code=HEADLINE)
    return [
        key
        for key in list_expiring(session, now=now)
        if key.is_demo == is_demo and find_step(key, now=now) is not None
    ]


def list_news(session: Session, *, now: datetime) -> Iterator[tuple[ApiKey, timedelta]]:
    """Yield each ending key with the step that it has reached."""
    for key in list_ending(session, now=now):
        step = find_step(key, now=now)
        if step is not None:
            yield key, step


def find_step(key: ApiKey, *, now: datetime) -> timedelta | None:
    """Return the nearest step before the end that `now` has passed, None before the first.

    A step at which the key had not been made yet doesn't count.
    """
    for step in STEPS:
        begins_at = key.expires_at - step
        if key.created_at < begins_at <= now:
            return step
    return None
