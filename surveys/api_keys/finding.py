"""Which key was presented: the text of an `Authorization` header → a valid key, or None."""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session

from models import ApiKeyKind, Base
from surveys.api_keys.lifetimes import is_live
from surveys.tokens import hash_secret

# `apk`, the public id, and 32 bytes in base64url: the secret itself may hold `_`.
SHAPE = re.compile(r"apk_([a-z2-7]{8})_([A-Za-z0-9_-]{43})")
NO_HASH = "0" * 64
_KEY = Base.metadata.tables["api_key"].c
# Asked at every request, so it is built once, and reads rows: objects cost twice as much.
BY_PUBLIC_ID = select(
    _KEY.secret_hash,
    _KEY.id,
    _KEY.public_id,
    _KEY.name,
    _KEY.scopes,
    _KEY.unit,
    _KEY.indicator_code,
    _KEY.networks,
    _KEY.is_demo,
    _KEY.expires_at,
    _KEY.revoked_at,
    _KEY.last_used_on,
).where(_KEY.public_id == bindparam("public_id"), _KEY.kind == ApiKeyKind.BEARER)


@dataclass(frozen=True)
class FoundKey:
    """A key that was presented, as it stands in the database."""

    secret_hash: str = field(repr=False)
    id: int
    public_id: str
    name: str
    scopes: Sequence[str]
    unit: str | None
    indicator_code: str | None
    networks: Sequence[str]
    is_demo: bool
    expires_at: datetime
    revoked_at: datetime | None
    last_used_on: date | None


@dataclass(frozen=True)
class Presented:
    """A key split into what it claims to be and its unverified secret."""

    public_id: str
    secret: str


def split_key(presented: str) -> Presented | None:
    """Return what `presented` claims, or None when it has not the shape of a bearer key."""
    shaped = SHAPE.fullmatch(presented)
    return Presented(shaped[1], shaped[2]) if shaped else None


def find_presented(
    database: Session | Connection, *, presented: str, now: datetime
) -> FoundKey | None:
    """Return the bearer key that is valid at `now`, or None for every other text.

    Nobody learns which: unknown, wrong, expired and revoked all end alike.
    """
    claimed = split_key(presented)
    if claimed is None:
        return None
    row = database.execute(BY_PUBLIC_ID, {"public_id": claimed.public_id}).one_or_none()
    columns: Sequence[Any] | None = row
    key = None if columns is None else FoundKey(*columns)
    expected = NO_HASH if key is None else key.secret_hash
    is_genuine = hmac.compare_digest(expected, hash_secret(claimed.secret))
    return key if key and is_genuine and is_live(key, now=now) else None
