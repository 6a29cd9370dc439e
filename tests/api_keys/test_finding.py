"""What is presented opens only with the right secret, in time, and never fails on strange text."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from surveys.api_keys.finding import Presented, find_presented, split_key
from surveys.api_keys.keeping import revoke_key
from surveys.settings import Settings
from tests.api_keys.made import make, wanted_hook
from tests.conftest import NOW

ID = "abcdefg2"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
secrets = st.text(LETTERS, min_size=43, max_size=43)


def test_key_that_was_made_is_found(session: Session, settings: Settings) -> None:
    key, shown = make(session, settings)
    make(session, settings, name="Another")

    found = find_presented(session, presented=shown, now=NOW)

    assert found is not None
    assert (found.id, found.name, found.scopes) == (key.id, key.name, key.scopes)
    assert shown not in repr(found)


def test_key_opens_until_the_instant_it_ends(session: Session, settings: Settings) -> None:
    key, shown = make(session, settings)
    last = key.expires_at - timedelta(microseconds=1)

    assert find_presented(session, presented=shown, now=last) is not None
    assert find_presented(session, presented=shown, now=key.expires_at) is None


def test_revoked_key_opens_nothing(session: Session, settings: Settings) -> None:
    key, shown = make(session, settings)

    revoke_key(session, key=key, actor="staff:1", now=NOW)

    assert find_presented(session, presented=shown, now=NOW) is None


def test_secret_of_another_key_opens_nothing(session: Session, settings: Settings) -> None:
    key, _shown = make(session, settings)
    _other, other_shown = make(session, settings, name="Another")
    mixed = f"apk_{key.public_id}_{other_shown.split('_', 2)[2]}"

    assert find_presented(session, presented=mixed, now=NOW) is None


def test_hook_secret_is_no_bearer_key(session: Session, settings: Settings) -> None:
    key, shown = make(session, settings, wanted_hook())
    hash_of_nothing = f"apk_{key.public_id}_{'A' * 43}"

    assert find_presented(session, presented=shown, now=NOW) is None
    assert find_presented(session, presented=hash_of_nothing, now=NOW) is None


@pytest.mark.parametrize("place", range(56))
def test_one_altered_letter_opens_nothing(session: Session, settings: Settings, place: int) -> None:
    _key, shown = make(session, settings)
    other = "a" if shown[place] != "a" else "b"

    altered = shown[:place] + other + shown[place + 1 :]

    assert find_presented(session, presented=altered, now=NOW) is None


@given(secret=secrets)
def test_secret_may_hold_underscores(secret: str) -> None:
    assert split_key(f"apk_{ID}_{secret}") == Presented(ID, secret)


def test_secret_of_underscores_alone_is_split_after_the_id() -> None:
    assert split_key(f"apk_{ID}_{'_' * 43}") == Presented(ID, "_" * 43)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "apk",
        "apk__",
        f"apk_{ID}",
        f"apk_{ID}_{'a' * 42}",
        f"apk_{ID}_{'a' * 44}",
        f"apk_{ID[:7]}_{'a' * 43}",
        f"apk_{ID}x_{'a' * 43}",
        f"APK_{ID}_{'a' * 43}",
        f"apk_{ID.upper()}_{'a' * 43}",
        f"apk_abcdefg1_{'a' * 43}",
        f"apk-{ID}-{'a' * 43}",
        f"apk_{ID}_{'a' * 42}é",
        f"apk_{ID}_{'a' * 42}\0",
        f"apk_{ID}_{'a' * 42}\ud800",
        f"apk_{ID}_{'a' * 42}+",
        f"apk_{ID}_{'a' * 43}\n",
        f" apk_{ID}_{'a' * 43}",
        f"apk_{ID}_{'a' * 42}٣",
        f"whsec_{'A' * 43}=",
        "a" * 1_000_000,
    ],
)
def test_text_of_another_shape_is_no_key(text: str) -> None:
    assert split_key(text) is None


@given(text=st.text(st.characters(codec=None)))
def test_no_text_is_a_fault(text: str) -> None:
    found = split_key(text)

    assert found is None or text.startswith("apk_")


@given(head=st.text(max_size=12), secret=st.text(max_size=60))
def test_what_is_split_is_the_whole_text(head: str, secret: str) -> None:
    text = f"apk_{head}_{secret}"

    found = split_key(text)

    assert found is None or f"apk_{found.public_id}_{found.secret}" == text
