"""A key is made once and shown once; what it may not be is refused with its reason."""

import base64
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from surveys.api_keys import refusals
from surveys.api_keys.hooks import list_hook_secrets
from surveys.api_keys.lifetimes import KeyState, state_of, twelve_months_after
from surveys.api_keys.scopes import Scope
from surveys.api_keys.wanted import MOST_HOOKS, find_faults
from surveys.settings import Settings
from surveys.tokens import hash_secret
from tests.api_keys.made import NAME, make, succeed, wanted, wanted_hook
from tests.conftest import NOW
from tests.factories import make_alumnus


def test_bearer_key_is_shown_once_and_kept_as_a_hash(session: Session, settings: Settings) -> None:
    key, shown = make(session, settings)

    secret = shown.removeprefix(f"apk_{key.public_id}_")
    assert re.fullmatch(r"apk_[a-z2-7]{8}_[A-Za-z0-9_-]{43}", shown)
    assert (key.secret_hash, key.secret_sealed) == (hash_secret(secret), None)


def test_hook_secret_is_32_bytes_and_kept_sealed(session: Session, settings: Settings) -> None:
    key, shown = make(session, settings, wanted_hook())

    prefix, _, encoded = shown.partition("_")
    assert (prefix, len(base64.b64decode(encoded, validate=True))) == ("whsec", 32)
    assert key.secret_hash is None
    assert key.secret_sealed
    assert encoded not in key.secret_sealed
    assert list_hook_secrets(session, keys=settings.keys(), now=NOW) == [(key, shown)]


def test_key_keeps_what_was_asked_for_in_order(session: Session, settings: Settings) -> None:
    make_alumnus(session, unit="Tıp Fakültesi")
    asked = wanted(
        name="  Mezun \t Bilgi\nSistemi ",
        scopes=[Scope.EVENTS_READ, Scope.SURVEYS_READ, Scope.EVENTS_READ],
        unit="Tıp Fakültesi",
        indicator_code="PG3.3.5",
        networks=["10.20.3.4/16", " 193.140.1.7 ", "10.20.0.0/16"],
    )

    key, _shown = make(session, settings, asked)

    assert key.name == NAME
    assert key.scopes == ["surveys:read", "events:read"]
    assert (key.unit, key.indicator_code) == ("Tıp Fakültesi", "PG3.3.5")
    assert key.networks == ["10.20.0.0/16", "193.140.1.7/32"]
    assert (key.created_by, key.created_at, key.is_demo) == ("staff:1", NOW, False)


def test_key_ends_after_twelve_months_when_nobody_says_otherwise(
    session: Session, settings: Settings
) -> None:
    key, _shown = make(session, settings)

    assert key.expires_at == NOW.replace(year=2027)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 11, 26, 8, tzinfo=UTC), datetime(2027, 11, 26, 8, tzinfo=UTC)),
        (datetime(2028, 2, 29, 8, tzinfo=UTC), datetime(2029, 2, 28, 8, tzinfo=UTC)),
        (datetime(2027, 3, 1, tzinfo=UTC), datetime(2028, 3, 1, tzinfo=UTC)),
    ],
)
def test_twelve_months_end_on_the_same_day(now: datetime, expected: datetime) -> None:
    assert twelve_months_after(now) == expected


@given(now=st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis adds the zone
def test_twelve_months_are_365_or_366_days(now: datetime) -> None:
    assert (twelve_months_after(now) - now).days in {365, 366}


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"name": " \n "}, refusals.NameMissing),
        ({"name": "x" * 101}, refusals.NameTooLong),
        ({"scopes": []}, refusals.ScopesMissing),
        ({"unit": "Yok Fakültesi"}, refusals.UnitUnknown),
        ({"networks": ["10.20"]}, refusals.NetworkMalformed),
        ({"networks": ["::ffff:10.0.0.0/104"]}, refusals.NetworkMalformed),
        ({"networks": ["0.0.0.0/0"]}, refusals.NetworkTooWide),
        ({"networks": ["::/0"]}, refusals.NetworkTooWide),
        ({"networks": [f"10.0.{n}.0/24" for n in range(21)]}, refusals.NetworksTooMany),
        ({"expires_at": NOW}, refusals.ExpiryUnfit),
        ({"expires_at": NOW + timedelta(hours=23)}, refusals.ExpiryUnfit),
        ({"expires_at": NOW + timedelta(days=365, seconds=1)}, refusals.ExpiryUnfit),
    ],
)
def test_key_that_makes_no_sense_is_refused(
    session: Session,
    settings: Settings,
    asked: dict[str, Any],
    refusal: type[refusals.KeyRefused],
) -> None:
    with pytest.raises(refusal):
        make(session, settings, **asked)


def test_every_fault_is_found_at_once(session: Session) -> None:
    asked = wanted(name="", scopes=[], unit="Yok", networks=["x"], expires_at=NOW)

    fields = [fault.field for fault in find_faults(session, asked, now=NOW)]

    assert fields == ["name", "scopes", "unit", "networks", "valid_for"]


def test_hook_secret_takes_no_scopes(session: Session, settings: Settings) -> None:
    with pytest.raises(refusals.ScopesUnfit):
        make(session, settings, wanted_hook(scopes=[Scope.RATES_READ]))


@pytest.mark.parametrize(
    "scope",
    [
        Scope.WEBHOOKS_MANAGE,
        Scope.ALUMNI_WRITE,
        Scope.ALUMNI_ERASE,
        Scope.SUPPRESSIONS_READ,
    ],
)
def test_restricted_key_only_reads_what_can_be_narrowed(
    session: Session, settings: Settings, scope: Scope
) -> None:
    with pytest.raises(refusals.RestrictionUnfit):
        make(session, settings, scopes=[Scope.RATES_READ, scope], indicator_code="PG3.3.5")


def test_unit_of_invented_graduates_is_unknown_to_real_keys(
    session: Session, settings: Settings
) -> None:
    make_alumnus(session, unit="Deneme Fakültesi", is_demo=True)

    with pytest.raises(refusals.UnitUnknown):
        make(session, settings, unit="Deneme Fakültesi")
    key, _shown = make(session, settings, unit="Deneme Fakültesi", is_demo=True)

    assert key.is_demo


def test_name_is_free_again_once_its_key_has_ended(session: Session, settings: Settings) -> None:
    key, _shown = make(session, settings)
    with pytest.raises(refusals.NameTaken):
        make(session, settings)

    again, _shown = make(session, settings, now=key.expires_at)

    assert again.name == key.name


def test_successor_has_the_same_rights_and_the_old_one_goes_on(
    session: Session, settings: Settings
) -> None:
    make_alumnus(session, unit="Tıp Fakültesi")
    later = NOW + timedelta(days=340)
    old, old_shown = make(session, settings, unit="Tıp Fakültesi", networks=["10.0.0.0/8"])

    new, new_shown = succeed(session, settings, old, now=later)

    rights = ("kind", "name", "is_demo", "scopes", "unit", "indicator_code", "networks")
    assert [getattr(new, name) for name in rights] == [getattr(old, name) for name in rights]
    assert new_shown != old_shown
    assert (new.created_by, new.expires_at) == ("staff:2", twelve_months_after(later))
    assert [state_of(key, now=later) for key in (old, new)] == [KeyState.EXPIRING, KeyState.LIVE]


def test_two_of_a_name_are_valid_at_once_not_three(session: Session, settings: Settings) -> None:
    old, _shown = make(session, settings)
    new, _shown = succeed(session, settings, old)

    for key in (old, new):
        with pytest.raises(refusals.SuccessorExists):
            succeed(session, settings, key)


def test_key_that_has_ended_has_no_successor(session: Session, settings: Settings) -> None:
    old, _shown = make(session, settings)

    with pytest.raises(refusals.KeyEnded):
        succeed(session, settings, old, now=old.expires_at)


def test_ten_hook_secrets_are_the_most(session: Session, settings: Settings) -> None:
    hooks = [wanted_hook(name=f"System {number}") for number in range(MOST_HOOKS)]
    key = [make(session, settings, hook)[0] for hook in hooks][-1]

    with pytest.raises(refusals.HooksTooMany):
        make(session, settings, wanted_hook(name="One more"))
    with pytest.raises(refusals.HooksTooMany):
        succeed(session, settings, key)
    make(session, settings, name="A bearer key")


def test_new_keys_are_all_different(session: Session, settings: Settings) -> None:
    made = [make(session, settings, name=f"System {number}") for number in range(50)]

    assert len({key.public_id for key, _shown in made}) == 50
    assert len({shown for _key, shown in made}) == 50
