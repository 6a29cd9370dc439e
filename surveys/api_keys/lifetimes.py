"""How long a key works, and what it is at an instant."""

from calendar import isleap
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sqlalchemy import ColumnElement, and_

from models import ApiKey

SHORTEST = timedelta(days=1)
SOON = timedelta(days=30)
VERY_SOON = timedelta(days=7)
FEBRUARY_29 = (2, 29)


class Lasting(Protocol):
    """What tells how long a key works."""

    @property
    def expires_at(self) -> datetime:
        """When it ends by itself."""

    @property
    def revoked_at(self) -> datetime | None:
        """When it was ended by somebody."""


class KeyState(StrEnum):
    """`expiring` is valid still, for less than 30 days."""

    LIVE = "live"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    REVOKED = "revoked"


def twelve_months_after(now: datetime) -> datetime:
    """Return the same moment a year later; of 29 February, 28 February."""
    is_leap_day = (now.month, now.day) == FEBRUARY_29
    day = 28 if is_leap_day and not isleap(now.year + 1) else now.day
    return now.replace(year=now.year + 1, day=day)


def state_of(key: ApiKey | Lasting, *, now: datetime) -> KeyState:
    """Return what a key is at `now`."""
    if key.revoked_at is not None:
        return KeyState.REVOKED
    if key.expires_at <= now:
        return KeyState.EXPIRED
    return KeyState.EXPIRING if key.expires_at - now < SOON else KeyState.LIVE


def is_live(key: ApiKey | Lasting, *, now: datetime) -> bool:
    """Tell whether a key opens anything at `now`."""
    return state_of(key, now=now) in {KeyState.LIVE, KeyState.EXPIRING}


def live(now: datetime) -> ColumnElement[bool]:
    """Return the condition under which a row is a key that opens something at `now`."""
    return and_(ApiKey.revoked_at.is_(None), ApiKey.expires_at > now)
