"""Single values of a definition: each reader returns the value, or None and notes the fault.

None goes in and None comes out, so an optional key needs no branch of its own.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from surveys.building.faults import Spot, Tree
from surveys.building.local_time import format_local
from surveys.errors import N_

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
LOCAL_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:00)?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WHOLE = re.compile(r"[+-]?[0-9]{1,9}")
NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?")
YES = frozenset({"true", "yes", "on"})
NO = frozenset({"false", "no", "off"})
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200

_MISSING = N_("This key is missing. Add it.")
_NOT_BLOCK = N_("Keys with values are expected here, such as %(example)s.")
_UNKNOWN_KEY = N_("This key is not known here. Known are: %(known)s.")
_NOT_LIST = N_("A list is expected here.")
_EMPTY_LIST = N_("The list is empty. Name at least one.")
_TOO_MANY = N_("The list has %(count)s entries; %(limit)s are possible.")
_NOT_WORD = N_("A single value is expected here.")
_NOT_CODE = N_(
    "%(value)s can't be a code. Use up to 64 letters from a to z, digits, - and _, beginning with"
    " a letter or digit."
)
_NOT_ONE_OF = N_("%(value)s is not known here. Choose one of: %(known)s.")
NOT_WHOLE = N_("%(value)s is not possible here. Write a whole number from %(low)s to %(high)s.")
_NOT_NUMBER = N_("%(value)s is no number. Write it with digits and a point, such as 2.5.")
_NOT_SWITCH = N_("%(value)s is not possible here. Write true or false.")
_NOT_DATE = N_("%(value)s is no date. Write year, month and day, such as 2026-11-23.")
_NOT_TIME = N_(
    "%(value)s is no local time. Write date and time without an offset, such as 2026-11-23T10:00."
)


@dataclass(frozen=True)
class Block:
    """A mapping of the definition, asked for its keys one by one."""

    spot: Spot
    tree: dict[str, Tree]

    def find(self, key: str) -> Spot | None:
        """Return the key's value, None when it is absent or empty."""
        value = self.tree.get(key)
        return None if value is None else self.spot.under(key, value)

    def need(self, key: str) -> Spot | None:
        """Return the key's value; its absence is a fault."""
        found = self.find(key)
        if found is None:
            self.spot.under(key, None).refuse(_MISSING)
        return found

    def need_text(self, key: str) -> Spot:
        """Return the key's texts; of an absent key none, so that each language's is missing."""
        absent = self.spot.under(key, {})
        if not self.spot.reading.languages:
            return self.need(key) or absent
        return self.find(key) or absent


def as_block(spot: Spot | None, known: Collection[str]) -> Block | None:
    """Return the mapping that stands here; keys that are not `known` are faults."""
    if spot is None:
        return None
    if not isinstance(spot.value, dict):
        spot.refuse(_NOT_BLOCK, example=f"{next(iter(known))}: …")
        return None
    for key in spot.value:
        if key not in known:
            spot.under(key, None).refuse(_UNKNOWN_KEY, known=list(known))
    return Block(spot, spot.value)


def as_list(spot: Spot | None, *, limit: int, empty: str = _EMPTY_LIST) -> list[Spot]:
    """Return what the list here holds; none (said by `empty`) and over `limit` are faults."""
    if spot is None:
        return []
    if not isinstance(spot.value, list):
        spot.refuse(_NOT_LIST)
        return []
    if not spot.value:
        spot.refuse(empty)
    if len(spot.value) > limit:
        spot.refuse(_TOO_MANY, count=len(spot.value), limit=limit)
    return [
        Spot(spot.reading, f"{spot.place}[{index}]", value)
        for index, value in enumerate(spot.value)
    ]


def as_word(spot: Spot | None) -> str | None:
    """Return the single value here as text."""
    if spot is None:
        return None
    if not isinstance(spot.value, str):
        spot.refuse(_NOT_WORD)
        return None
    return spot.value


def as_code(spot: Spot | None) -> str | None:
    """Return the code here; also when it can't be one, so that what refers to it is found."""
    word = as_word(spot)
    if spot is not None and word is not None and not CODE.fullmatch(word):
        spot.refuse(_NOT_CODE, value=word)
    return word


def as_one_of(spot: Spot | None, known: Collection[str]) -> str | None:
    """Return the word here if it is one of `known`."""
    word = as_word(spot)
    if spot is None or word is None or word in known:
        return word
    spot.refuse(_NOT_ONE_OF, value=word, known=list(known))
    return None


def as_whole(spot: Spot | None, low: int, high: int) -> int | None:
    """Return the whole number from `low` to `high` that stands here."""
    word = as_word(spot)
    if spot is None or word is None:
        return None
    if WHOLE.fullmatch(word) and low <= int(word) <= high:
        return int(word)
    spot.refuse(NOT_WHOLE, value=word, low=low, high=high)
    return None


def as_number(spot: Spot | None) -> str | None:
    """Return the decimal number here as text without needless zeros."""
    word = as_word(spot)
    if spot is None or word is None:
        return None
    if NUMBER.fullmatch(word):
        return f"{Decimal(word).normalize() + 0:f}"
    spot.refuse(_NOT_NUMBER, value=word)
    return None


def as_switch(spot: Spot | None) -> bool:
    """Return whether the switch here is on; off when there is none."""
    word = as_word(spot)
    if spot is None or word is None:
        return False
    if word.lower() not in YES | NO:
        spot.refuse(_NOT_SWITCH, value=word)
    return word.lower() in YES


def as_date(spot: Spot | None) -> str | None:
    """Return the ISO date here."""
    word = as_word(spot)
    if spot is None or word is None:
        return None
    if DATE.fullmatch(word) and _exists(word):
        return word
    spot.refuse(_NOT_DATE, value=word)
    return None


def as_local_time(spot: Spot | None) -> str | None:
    """Return the local time here, to the minute, as `YYYY-MM-DDTHH:MM`."""
    word = as_word(spot)
    if spot is None or word is None:
        return None
    if LOCAL_TIME.fullmatch(word) and _exists(word):
        return format_local(datetime.fromisoformat(word))
    spot.refuse(_NOT_TIME, value=word)
    return None


def _exists(text: str) -> bool:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return False
    return EARLIEST_YEAR <= moment.year <= LATEST_YEAR
