"""Passwords of staff: what is taken, how it is kept, how a try is checked.

Length instead of composition rules, and a short list of what everybody tries first.
Source: OWASP ASVS 5.0, 6.2; OWASP Password Storage Cheat Sheet.
"""

import re
from functools import lru_cache
from pathlib import Path
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from surveys.errors import N_, DonutError

SHORTEST = 15
LONGEST = 128
MEMORY_KIB = 19 * 1024
TIME_COST = 2
PARALLELISM = 1
# Nobody's: with it a try for an unknown address takes as long as one for a known address.
NOBODYS_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$dfsaLomdqzUXtt+j1qKh0A"
    "$A0jwj1jYD9VBCp8iy8j6o10yq7aHHQiR6ZGIfyJ9aiA"
)
BLOCKLIST = Path(__file__).parent / "blocklist.txt"
# One to five characters over and over: aaaa…, 12341234…
REPETITION = re.compile(r"(.{1,5}?)\1+.{0,4}", re.DOTALL)

_hasher = PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_KIB, parallelism=PARALLELISM)


class PasswordRefused(DonutError):
    """The new password can't be taken; each reason is a class of its own."""

    code = "password_refused"
    message = N_("This password can't be taken. Choose another one.")


class PasswordTooShort(PasswordRefused):
    """Fewer characters than it takes to be safe from guessing."""

    code = "password_too_short"
    message = N_("Use at least %(shortest)s characters: several words in a row are easy to keep.")


class PasswordTooLong(PasswordRefused):
    """More characters than are hashed."""

    code = "password_too_long"
    message = N_("Use at most %(longest)s characters.")


class PasswordTooCommon(PasswordRefused):
    """One of those that are tried first."""

    code = "password_too_common"
    message = N_("This password is easy to guess. Choose words that nobody would expect together.")


class PasswordsDiffer(PasswordRefused):
    """The two fields of the form hold different passwords."""

    code = "passwords_differ"
    message = N_("The two passwords are not the same. Type the same one twice.")


def check_new_password(password: str, *, email: str) -> None:
    """Return when `password` can be taken for the account `email`; else raise PasswordRefused."""
    plain = normalize("NFC", password)
    if len(plain) < SHORTEST:
        raise PasswordTooShort(shortest=SHORTEST)
    if len(plain) > LONGEST:
        raise PasswordTooLong(longest=LONGEST)
    lowered = plain.casefold()
    names = {email.casefold(), email.casefold().partition("@")[2]}
    is_common = lowered in _read_blocklist() or lowered in names
    if is_common or REPETITION.fullmatch(lowered):
        raise PasswordTooCommon


def hash_password(password: str) -> str:
    """Return the argon2id hash that is kept."""
    return _hasher.hash(normalize("NFC", password))


def is_right(password: str, *, kept: str | None) -> bool:
    """Tell whether `password` is the one behind `kept`; takes as long when there is none."""
    try:
        _hasher.verify(kept or NOBODYS_HASH, normalize("NFC", password)[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def needs_rehash(kept: str) -> bool:
    """Tell whether `kept` was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


@lru_cache
def _read_blocklist() -> frozenset[str]:
    return frozenset(BLOCKLIST.read_text(encoding="utf-8").casefold().split("\n")) - {""}
