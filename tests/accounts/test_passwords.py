"""Which passwords are taken, and how they are kept."""

import pytest

from surveys.accounts.passwords import (
    NOBODYS_HASH,
    PasswordTooCommon,
    PasswordTooLong,
    PasswordTooShort,
    check_new_password,
    hash_password,
    is_right,
    needs_rehash,
)

EMAIL = "zeynep@example.edu.tr"


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("a1!bcdefghijkm", PasswordTooShort),
        ("ö" * 14, PasswordTooShort),
        ("xy7" * 43, PasswordTooLong),
        ("QwertyUiopAsdfgh", PasswordTooCommon),
        ("aaaaaaaaaaaaaaaa", PasswordTooCommon),
        ("12341234123412341", PasswordTooCommon),
        ("Zeynep@Example.edu.tr", PasswordTooCommon),
    ],
)
def test_password_is_refused(password: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_new_password(password, email=EMAIL)


@pytest.mark.parametrize("password", ["dört yeşil bavul", "kırmızı" * 2 + "!", "ab3 " + "x" * 124])
def test_password_is_taken_whatever_it_is_made_of(password: str) -> None:
    check_new_password(password, email=EMAIL)

    assert is_right(password, kept=hash_password(password))


def test_password_is_right_however_its_letters_were_composed() -> None:
    kept = hash_password("yağmurlu salı çayı")

    assert is_right("yag\u0306murlu salı c\u0327ayı", kept=kept)
    assert not is_right("yagmurlu salı çayı", kept=kept)


def test_password_is_hashed_by_argon2id_with_salt() -> None:
    first, second = hash_password("dört yeşil bavul"), hash_password("dört yeşil bavul")

    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second


def test_nobodys_hash_costs_what_a_real_one_costs() -> None:
    assert not needs_rehash(NOBODYS_HASH)
    assert not is_right("dört yeşil bavul", kept=None)


@pytest.mark.parametrize("kept", ["", "plain text", "$argon2id$broken"])
def test_password_is_wrong_when_what_is_kept_is_no_hash(kept: str) -> None:
    assert not is_right("dört yeşil bavul", kept=kept)
