"""New keys: the first of a name, and the successor that takes over from it.

A key's secret is returned once. Of a bearer key only its hash stays; a hook secret is sealed,
since it is needed to check signatures.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import ApiKey, ApiKeyKind
from surveys.api_keys import refusals
from surveys.api_keys.lifetimes import is_live, live, twelve_months_after
from surveys.api_keys.networks import read_networks
from surveys.api_keys.wanted import MOST_HOOKS, Wanted, count_hooks, find_faults
from surveys.tokens import Keys, hash_secret, new_id, new_secret, seal
from surveys.webhooks.signing import new_signing_secret

PREFIX = "apk"
PUBLIC_ID_BITS = 40
MOST_OF_A_NAME = 2
KEYS_LOCK = 0x6170696B6579


def make_key(
    session: Session, *, wanted: Wanted, actor: str, now: datetime, keys: Keys
) -> tuple[ApiKey, str]:
    """Return the new key and what is shown once: `apk_<8>_<43>`, or `whsec_…` of a hook.

    Raises the first of `find_faults`.
    """
    lock_keys(session)
    fault = next(find_faults(session, wanted, now=now), None)
    if fault is not None:
        raise fault
    key = ApiKey(
        kind=wanted.kind,
        name=wanted.one_line_name(),
        is_demo=wanted.is_demo,
        scopes=wanted.ordered_scopes(),
        unit=wanted.unit,
        indicator_code=wanted.indicator_code,
        networks=read_networks(wanted.networks),
        created_by=actor,
        created_at=now,
        expires_at=wanted.ends_at(now),
    )
    return _finish(session, key, keys)


def make_successor(
    session: Session, *, key: ApiKey, actor: str, now: datetime, keys: Keys
) -> tuple[ApiKey, str]:
    """Return a second key with the rights of `key`, valid for twelve months, and its secret.

    The older one goes on until it is revoked or ends. Raises KeyEnded, SuccessorExists,
    HooksTooMany.
    """
    lock_keys(session)
    if not is_live(key, now=now):
        raise refusals.KeyEnded(name=key.name)
    if len(list_live_of(session, name=key.name, now=now)) >= MOST_OF_A_NAME:
        raise refusals.SuccessorExists(name=key.name)
    if key.kind == ApiKeyKind.HOOK and count_hooks(session, now=now) >= MOST_HOOKS:
        raise refusals.HooksTooMany(most=MOST_HOOKS)
    successor = ApiKey(
        kind=key.kind,
        name=key.name,
        is_demo=key.is_demo,
        scopes=list(key.scopes),
        unit=key.unit,
        indicator_code=key.indicator_code,
        networks=list(key.networks),
        created_by=actor,
        created_at=now,
        expires_at=twelve_months_after(now),
    )
    return _finish(session, successor, keys)


def list_live_of(session: Session, *, name: str, now: datetime) -> Sequence[ApiKey]:
    """Return the valid keys of a name, the oldest first: one, or two while one takes over."""
    return session.scalars(
        select(ApiKey).where(ApiKey.name == name, live(now)).order_by(ApiKey.id)
    ).all()


def lock_keys(session: Session) -> None:
    """Let one key be made at a time, so that what was counted still holds at the commit.

    On SQLite the write transaction does that already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(KEYS_LOCK)))


def _finish(session: Session, key: ApiKey, keys: Keys) -> tuple[ApiKey, str]:
    key.public_id = new_id(PUBLIC_ID_BITS)
    if key.kind == ApiKeyKind.HOOK:
        shown = new_signing_secret()
        key.secret_sealed = seal(keys.data, shown)
    else:
        secret = new_secret()
        key.secret_hash = hash_secret(secret)
        shown = f"{PREFIX}_{key.public_id}_{secret}"
    session.add(key)
    session.flush()
    return key, shown
