"""Who asks: the key of a request, found once, as the views see it."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import g

from models import ApiKey
from surveys.api_keys.finding import FoundKey
from surveys.reporting.sight import Sight


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The key that a request proved itself with.

    `unit` and `indicator_code` narrow what it sees, None to everything; `is_demo` says whether it
    sees the invented world or the real one, never both.
    """

    key_id: int
    public_id: str
    name: str
    scopes: frozenset[str]
    unit: str | None
    indicator_code: str | None
    networks: tuple[str, ...]
    is_demo: bool
    expires_at: datetime
    last_used_on: date | None

    @property
    def actor(self) -> str:
        """How the audit trail names it."""
        return f"apk_{self.public_id}"


def caller_of(key: ApiKey | FoundKey) -> Caller:
    """Return what the views may know of a key."""
    return Caller(
        key_id=key.id,
        public_id=key.public_id,
        name=key.name,
        scopes=frozenset(key.scopes),
        unit=key.unit,
        indicator_code=key.indicator_code,
        networks=tuple(key.networks),
        is_demo=key.is_demo,
        expires_at=key.expires_at,
        last_used_on=key.last_used_on,
    )


def remember_caller(caller: Caller) -> None:
    """Keep whose request this is."""
    g.caller = caller


def find_caller() -> Caller | None:
    """Return whose request this is, or None where no key was asked for or none counted."""
    caller = g.get("caller")
    return caller if isinstance(caller, Caller) else None


def presented_key() -> Caller:
    """Return whose request this is. Raises RuntimeError in a view that asks for no key."""
    caller = find_caller()
    if caller is None:
        raise RuntimeError("this view asks for no key")
    return caller


def sight_of(caller: Caller) -> Sight:
    """Return what a caller may see."""
    return Sight(is_demo=caller.is_demo, indicator_code=caller.indicator_code, unit=caller.unit)
