"""The places that staff may leave in subjects and texts: `{ad}`, with a fallback `{ad|Mezunumuz}`.

A fixed list of names and one regular expression; nothing is evaluated and no value is read again,
so neither staff nor the roster can bring code into a mail.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from surveys.errors import N_, DonutError

PLACEHOLDERS = frozenset(
    {
        "ad",
        "soyad",
        "ad_soyad",
        "program",
        "birim",
        "mezuniyet_yili",
        "anket",
        "kapanis",
        "link",
    }
)
_PLACE = re.compile(r"(?<!\{)\{([a-z_]+)(?:\|([^{}|*\r\n]+))?\}(?!\})")
_SUSPECT = re.compile(r"\{+[^{}]*\}*|\}+")


class PlaceholderEmpty(DonutError):
    """A placeholder has no value for this person and no fallback."""

    code = "placeholder_empty"
    message = N_(
        "{%(name)s} is empty for this person. Give it a fallback, such as {%(name)s|Mezunumuz},"
        " or complete the roster."
    )


@dataclass(frozen=True)
class Place:
    """Where a value goes, and what stands there when it is empty."""

    name: str
    fallback: str = ""

    def read(self, values: Mapping[str, str]) -> str:
        """Return what stands here for one person. Raises PlaceholderEmpty."""
        value = values.get(self.name) or self.fallback
        if not value:
            raise PlaceholderEmpty(name=self.name)
        return value


@dataclass(frozen=True)
class Person:
    """What a mail may say of its addressee, as the roster has it."""

    given_name: str
    family_name: str
    programme: str | None = None
    unit: str | None = None
    graduation_year: int | None = None


def values_of(person: Person, *, survey_title: str, closes_on: str, link: str) -> dict[str, str]:
    """Return the value of every placeholder, "" where the roster has none.

    Runs of white space become one blank, so that no value can begin a line or a header.
    """
    values = {
        "ad": person.given_name,
        "soyad": person.family_name,
        "ad_soyad": f"{person.given_name} {person.family_name}",
        "program": person.programme or "",
        "birim": person.unit or "",
        "mezuniyet_yili": str(person.graduation_year or ""),
        "anket": survey_title,
        "kapanis": closes_on,
        "link": link,
    }
    return {name: " ".join(value.split()) for name, value in values.items()}


def find_faults(text: str, *, is_subject: bool = False) -> list[str]:
    """Return what in `text` is no placeholder of ours, as written, each once.

    Covers unknown names, empty fallbacks, stray braces and code of template languages. A subject
    can't hold `{link}`: subjects land in logs.
    """
    rest = _PLACE.sub(lambda place: " " if place[1] in PLACEHOLDERS else place[0], text)
    faults = _SUSPECT.findall(rest)
    if is_subject:
        faults += [place[0] for place in _PLACE.finditer(text) if place[1] == "link"]
    return list(dict.fromkeys(faults))


def find_empty(text: str, values: Mapping[str, str]) -> list[str]:
    """Return the names in `text` that have neither a value nor a fallback."""
    places = (place for place in _PLACE.finditer(text) if place[1] in PLACEHOLDERS)
    empty = (place[1] for place in places if not (values.get(place[1]) or place[2]))
    return list(dict.fromkeys(empty))


def fill(text: str, put: Callable[[Place], str]) -> str:
    """Return `text` with what `put` gives for every placeholder, which is not read again.

    Unknown names stay as written. Raises what `put` raises.
    """

    def replace(found: re.Match[str]) -> str:
        if found[1] not in PLACEHOLDERS:
            return found[0]
        return put(Place(found[1], found[2] or ""))

    return _PLACE.sub(replace, text)
