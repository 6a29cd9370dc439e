"""The secrets with which other systems sign what they post to us."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ApiKey, ApiKeyKind
from surveys.api_keys.lifetimes import live
from surveys.tokens import Keys, unseal


def list_hook_secrets(
    session: Session, *, keys: Keys, now: datetime
) -> Sequence[tuple[ApiKey, str]]:
    """Return the valid hook keys with their `whsec_…` secrets, the oldest first: ten at most.

    One that none of DATA_KEYS opens is left out; `list_unreadable` names it.
    """
    opened = [(key, _open(key, keys)) for key in _list_live(session, now)]
    return [(key, secret) for key, secret in opened if secret is not None]


def list_unreadable(session: Session, *, keys: Keys, now: datetime) -> Sequence[ApiKey]:
    """Return the valid hook keys whose secret none of DATA_KEYS opens any more."""
    return [key for key in _list_live(session, now) if _open(key, keys) is None]


def _list_live(session: Session, now: datetime) -> Sequence[ApiKey]:
    return session.scalars(
        select(ApiKey).where(ApiKey.kind == ApiKeyKind.HOOK, live(now)).order_by(ApiKey.id)
    ).all()


def _open(key: ApiKey, keys: Keys) -> str | None:
    return unseal(keys.data, key.secret_sealed or "")
