"""Keys for the tests of the room and its edges: sensible ones, unless a test says otherwise."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import ApiKey, ApiKeyKind
from surveys.api_keys.making import make_key, make_successor
from surveys.api_keys.scopes import Scope
from surveys.api_keys.wanted import Wanted
from surveys.settings import Settings
from tests.conftest import NOW

NAME = "Mezun Bilgi Sistemi"


def wanted(**over: Any) -> Wanted:
    return Wanted(**{"name": NAME, "scopes": [Scope.RATES_READ], **over})


def wanted_hook(**over: Any) -> Wanted:
    return wanted(**{"kind": ApiKeyKind.HOOK, "scopes": [], **over})


def make(
    session: Session, settings: Settings, asked: Wanted | None = None, **over: Any
) -> tuple[ApiKey, str]:
    """Make a key at NOW (or `now`) and return it with what is shown once."""
    now = over.pop("now", NOW)
    return make_key(
        session,
        wanted=asked or wanted(**over),
        actor="staff:1",
        now=now,
        keys=settings.keys(),
    )


def succeed(
    session: Session, settings: Settings, key: ApiKey, *, now: datetime = NOW
) -> tuple[ApiKey, str]:
    """Make the successor of a key and return it with what is shown once."""
    return make_successor(session, key=key, actor="staff:2", now=now, keys=settings.keys())
