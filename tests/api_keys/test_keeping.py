"""Keys that are there: listed by state, ended once, their last day of use noted."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from surveys.api_keys.hooks import list_hook_secrets, list_unreadable
from surveys.api_keys.keeping import (
    get_key,
    list_expiring,
    list_keys,
    note_use,
    revoke_key,
)
from surveys.api_keys.lifetimes import KeyState, state_of
from surveys.api_keys.networks import is_inside
from surveys.api_keys.refusals import KeyUnknown
from surveys.settings import Settings
from surveys.tokens import Keys
from tests.api_keys.made import make, succeed, wanted_hook
from tests.conftest import NOW


def test_state_follows_the_clock(session: Session, settings: Settings) -> None:
    key, _shown = make(session, settings)
    ends = key.expires_at

    states = [
        state_of(key, now=now)
        for now in (
            NOW,
            ends - timedelta(days=30),
            ends - timedelta(days=30, microseconds=-1),
            ends - timedelta(microseconds=1),
            ends,
        )
    ]

    assert states == [
        KeyState.LIVE,
        KeyState.LIVE,
        KeyState.EXPIRING,
        KeyState.EXPIRING,
        KeyState.EXPIRED,
    ]


def test_revoked_key_stays_revoked_after_its_end(session: Session, settings: Settings) -> None:
    key, _shown = make(session, settings)

    revoke_key(session, key=key, actor="staff:1", now=NOW)

    assert state_of(key, now=key.expires_at) is KeyState.REVOKED


def test_revoking_again_changes_nothing(session: Session, settings: Settings) -> None:
    key, _shown = make(session, settings)

    first = revoke_key(session, key=key, actor="staff:1", now=NOW)
    again = revoke_key(session, key=key, actor="staff:2", now=NOW + timedelta(days=1))

    assert (first, again) == (True, False)
    assert (key.revoked_by, key.revoked_at) == ("staff:1", NOW)


def test_valid_keys_stand_first_by_their_names(session: Session, settings: Settings) -> None:
    gone, _shown = make(session, settings, name="Gone")
    revoke_key(session, key=gone, actor="staff:1", now=NOW)
    for name in ("Uşak", "Çanakkale", "Bolu"):
        make(session, settings, name=name)

    names = [key.name for key in list_keys(session, now=NOW)]

    assert names == ["Bolu", "Çanakkale", "Uşak", "Gone"]


def test_key_is_found_by_its_id(session: Session, settings: Settings) -> None:
    key, _shown = make(session, settings)

    assert get_key(session, public_id=key.public_id) is key
    with pytest.raises(KeyUnknown):
        get_key(session, public_id="aaaaaaaa")


def test_day_of_use_is_noted_and_never_goes_back(session: Session, settings: Settings) -> None:
    key, _shown = make(session, settings)

    seen = []
    for day in (date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 23)):
        note_use(session, key_id=key.id, on=day)
        session.refresh(key)
        seen.append(key.last_used_on)

    assert seen == [date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 24)]


def test_key_that_ends_soon_is_listed_until_a_successor_lasts(
    session: Session, settings: Settings
) -> None:
    make(session, settings, name="Lasting")
    key, _shown = make(session, settings, expires_at=NOW + timedelta(days=40))
    later = NOW + timedelta(days=20)

    early, soon = list_expiring(session, now=NOW), list_expiring(session, now=later)
    succeed(session, settings, key, now=later)

    assert (early, soon) == ([], [key])
    assert list_expiring(session, now=later) == []


def test_revoked_hook_secret_is_forgotten(session: Session, settings: Settings) -> None:
    key, _shown = make(session, settings, wanted_hook())

    revoke_key(session, key=key, actor="staff:1", now=NOW)

    assert key.secret_sealed == ""
    assert list_hook_secrets(session, keys=settings.keys(), now=NOW) == []


def test_expired_hook_secret_signs_nothing(session: Session, settings: Settings) -> None:
    key, _shown = make(session, settings, wanted_hook())

    assert list_hook_secrets(session, keys=settings.keys(), now=key.expires_at) == []


def test_secret_sealed_under_lost_keys_is_named_and_left_out(
    session: Session, settings: Settings
) -> None:
    key, _shown = make(session, settings, wanted_hook())
    others = Keys(link=[], hash=[], data=[b"another key of more than 32 characters"])

    assert list_hook_secrets(session, keys=others, now=NOW) == []
    assert list_unreadable(session, keys=others, now=NOW) == [key]
    assert list_unreadable(session, keys=settings.keys(), now=NOW) == []


@pytest.mark.parametrize(
    ("networks", "address", "expected"),
    [
        ([], "203.0.113.9", True),
        ([], "nonsense", True),
        (["10.20.0.0/16"], "10.20.255.1", True),
        (["10.20.0.0/16"], "10.21.0.1", False),
        (["10.20.0.0/16"], "::ffff:10.20.0.1", True),
        (["10.20.0.0/16"], "::ffff:10.21.0.1", False),
        (["10.20.0.0/16", "2001:db8::/32"], "2001:db8::1", True),
        (["2001:db8::/32"], "10.20.0.1", False),
        (["10.20.0.0/16"], "10.20.0.1, 10.20.0.2", False),
        (["10.20.0.0/16"], "", False),
    ],
)
def test_address_is_inside_its_networks(
    networks: list[str], address: str, *, expected: bool
) -> None:
    assert is_inside(networks, address) is expected
