"""Which key was presented: the text of an `Authorization` header → a valid key, or None."""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models import ApiKey, ApiKeyKind
from surveys.api_keys.lifetimes import is_live
from surveys.tokens import hash_secret

# `apk`, the public id, and 32 bytes in base64url: the secret itself may hold `_`.
SHAPE = re.compile(r"apk_([a-z2-7]{8})_([A-Za-z0-9_-]{43})")
NO_HASH = "0" * 64
# Asked at every request, so it is built once.
BY_PUBLIC_ID = select(ApiKey).where(
    ApiKey.public_id == bindparam("public_id"), ApiKey.kind == ApiKeyKind.BEARER
)


@dataclass(frozen=True)
class Presented:
    """A key split into what it claims to be and its unverified secret."""

    public_id: str
    secret: str


def split_key(presented: str) -> Presented | None:
    """Return what `presented` claims, or None when it has not the shape of a bearer key."""
    shaped = SHAPE.fullmatch(presented)
    return Presented(shaped[1], shaped[2]) if shaped else None


def find_presented(session: Session, *, presented: str, now: datetime) -> ApiKey | None:
    """Return the bearer key that is valid at `now`, or None for every other text.

    Nobody learns which: unknown, wrong, expired and revoked all end alike.
    """
    claimed = split_key(presented)
    if claimed is None:
        return None
    key = session.scalar(BY_PUBLIC_ID, {"public_id": claimed.public_id})
    if key is not None and not is_live(key, now=now):
        key = None
    expected = key.secret_hash if key is not None and key.secret_hash else NO_HASH
    is_genuine = hmac.compare_digest(expected, hash_secret(claimed.secret))
    return key if is_genuine else None
