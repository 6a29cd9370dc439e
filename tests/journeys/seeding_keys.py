"""Keys in every state for the office: in use, narrowed, being rotated, for the hook, ended."""

from datetime import timedelta

from sqlalchemy.orm import Session

from models import ApiKey, ApiKeyKind, Staff
from surveys.api_keys.keeping import note_use, revoke_key
from surveys.api_keys.making import make_key, make_successor
from surveys.api_keys.scopes import Scope
from surveys.api_keys.wanted import Wanted
from surveys.tokens import Keys
from tests.conftest import NOW

READING = [Scope.SURVEYS_READ, Scope.RATES_READ]


def add_keys(session: Session, admin: Staff, *, unit: str, keys: Keys) -> None:
    """Add them as if `admin` had made them over the year."""
    actor = f"staff:{admin.id}"

    def make(wanted: Wanted, *, days_ago: int) -> ApiKey:
        at = NOW - timedelta(days=days_ago)
        return make_key(session, wanted=wanted, actor=actor, now=at, keys=keys)[0]

    rotated = make(Wanted(name="Mezun Bilgi Sistemi", scopes=list(Scope)), days_ago=350)
    make_successor(session, key=rotated, actor=actor, now=NOW, keys=keys)
    note_use(session, key_id=rotated.id, on=NOW.date())
    narrow = Wanted(
        name="Tıp Fakültesi panosu",
        scopes=READING,
        unit=unit,
        indicator_code="PG3.3.5",
        networks=["10.20.0.0/16", "2001:db8::/32"],
    )
    make(narrow, days_ago=339)
    make(Wanted(name="Haber bülteni", kind=ApiKeyKind.HOOK), days_ago=10)
    ended = make(Wanted(name="Eski portal", scopes=READING), days_ago=200)
    revoke_key(session, key=ended, actor=actor, now=NOW - timedelta(days=100))
    make(Wanted(name="Deneme", scopes=READING), days_ago=400)
