"""What people wrote that tells who somebody is: found by its form, and masked where wished.

Finds e-mail addresses, telephone numbers and T.C. identity numbers, no names. Knows no survey.
"""

import re
from dataclasses import dataclass

from surveys.errors import N_
from surveys.i18n import translate
from surveys.roster.identity_numbers import is_identity_number

EMAIL = N_("[e-mail]")
PHONE = N_("[telephone]")
IDENTITY_NUMBER = N_("[T.C. number]")
MARKS = {"email": EMAIL, "phone": PHONE}

_EMAIL = re.compile(r"[^\s@<>(),;:\"]+@[^\s@<>(),;:\"]+\.[^\W\d_]{2,}")
_ELEVEN = re.compile(r"(?<![0-9])[1-9][0-9]{10}(?![0-9])")
# A Turkish number with or without its prefix, or any with a plus before it.
_PHONE = re.compile(
    r"(?<![0-9+])(?:(?:\+?90|0)[ ().-]{0,3}[2-5][0-9]{2}|5[0-9]{2})"
    r"[ ().-]{0,3}[0-9]{3}[ .-]?[0-9]{2}[ .-]?[0-9]{2}(?![0-9])"
    r"|\+[1-9][0-9 ().-]{7,17}[0-9]"
)


@dataclass(frozen=True)
class Looked:
    """A text after the look: `masked` has marks in the place of what was found."""

    masked: str
    has_found: bool


def look(text: str, *, language: str, asked_for: str | None = None) -> Looked:
    """Return `text` with what identifies somebody masked.

    `asked_for`: the question itself asks for an `email` or `phone`, so the whole answer is one.
    """
    if asked_for in MARKS:
        return Looked(translate(language, MARKS[asked_for]), has_found=True)
    masked = _EMAIL.sub(lambda _: translate(language, EMAIL), text)
    masked = _ELEVEN.sub(lambda found: _mask_number(found[0], language), masked)
    masked = _PHONE.sub(lambda _: translate(language, PHONE), masked)
    return Looked(masked, has_found=masked != text)


def _mask_number(digits: str, language: str) -> str:
    return translate(language, IDENTITY_NUMBER) if is_identity_number(digits) else digits
