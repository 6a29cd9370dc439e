"""Codes: made from words, and free among those that are taken."""

import re
from collections.abc import Collection
from itertools import count

from surveys.i18n import fold

LONGEST = 64


def make_code(words: str, *, joiner: str = "-", limit: int = LONGEST) -> str:
    """Return a code of plain letters and digits: “İş arıyorum” → is-ariyorum; "" of none."""
    plain = re.sub(r"[^a-z0-9]+", joiner, fold(words))
    return plain[:limit].strip(joiner)


def free_code(wish: str, taken: Collection[str]) -> str:
    """Return `wish`, or with the next number behind it when it is taken; case makes no difference.

    A number that stands there already is counted on: nps-2 → nps-3.
    """
    lowered = {code.lower() for code in taken}
    if wish.lower() not in lowered:
        return wish
    stem = re.sub(r"-[0-9]{1,3}$", "", wish)
    tries = (f"{stem[: LONGEST - 4]}-{number}" for number in count(2))
    return next(code for code in tries if code.lower() not in lowered)
