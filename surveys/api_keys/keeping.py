"""Keys that are there: all of them, one of them, ending one, noting the day of its last use."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from models import ApiKey
from surveys.api_keys.lifetimes import SOON, is_live, live
from surveys.api_keys.refusals import KeyUnknown
from surveys.i18n import tr_key

# A revoked hook secret is forgotten; the column may not be empty.
FORGOTTEN = ""


def list_keys(session: Session, *, now: datetime) -> Sequence[ApiKey]:
    """Return the valid keys in the order of names, then those that ended, the newest first."""
    keys = session.scalars(select(ApiKey).order_by(ApiKey.id.desc())).all()
    valid = [key for key in keys if is_live(key, now=now)]
    ended = [key for key in keys if not is_live(key, now=now)]
    return [*sorted(valid, key=lambda key: (tr_key(key.name), key.id)), *ended]


def list_expiring(session: Session, *, now: datetime) -> Sequence[ApiKey]:
    """Return the valid keys that end within 30 days, the first to end first.

    One whose successor is valid for longer is left out: it is meant to end.
    """
    keys = session.scalars(select(ApiKey).where(live(now)).order_by(ApiKey.expires_at)).all()
    lasting = {key.name for key in keys if key.expires_at - now >= SOON}
    return [key for key in keys if key.expires_at - now < SOON and key.name not in lasting]


def read_public_id(typed: str) -> str:
    """Return the eight letters of a key that was typed as it begins, or pasted whole."""
    return typed.strip().removeprefix("apk_").partition("_")[0]


def get_key(session: Session, *, public_id: str) -> ApiKey:
    """Return the key of an id. Raises KeyUnknown."""
    key = session.scalar(select(ApiKey).where(ApiKey.public_id == public_id))
    if key is None:
        raise KeyUnknown(public_id=public_id)
    return key


def audit_details(key: ApiKey) -> dict[str, str]:
    """Return what the audit trail says of a key that was made: whose it is and what it may."""
    told = {
        "name": key.name,
        "kind": key.kind,
        "scopes": ", ".join(key.scopes),
        "unit": key.unit,
        "indicator": key.indicator_code,
        "networks": ", ".join(key.networks),
    }
    return {name: value for name, value in told.items() if value}


def revoke_key(session: Session, *, key: ApiKey, actor: str, now: datetime) -> bool:
    """End a key at once; return False when it was revoked before, which stays as it was."""
    ended = session.execute(
        update(ApiKey)
        .where(ApiKey.id == key.id, ApiKey.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=actor)
        .returning(ApiKey.id)
    ).first()
    if ended is None:
        return False
    session.refresh(key)
    if key.secret_sealed is not None:
        key.secret_sealed = FORGOTTEN
    return True


def note_use(session: Session, *, key_id: int, on: date) -> None:
    """Note that a key was used on a day; a day is written once and never goes back."""
    session.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id, or_(ApiKey.last_used_on.is_(None), ApiKey.last_used_on < on))
        .values(last_used_on=on)
    )
