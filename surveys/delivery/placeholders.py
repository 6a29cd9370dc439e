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


def fill(text: str, values: Mapping[str, str], *, escape: Callable[[str], str] = str) -> str:
    """Return `text` with every placeholder replaced, once: what a value holds stays as it is.

    `escape` is applied to each value and fallback. Unknown names stay as written.
    Raises PlaceholderEmpty.
    """

    def put(place: re.Match[str]) -> str:
        name, fallback = place[1], place[2]
        if name not in PLACEHOLDERS:
            return place[0]
        value = values.get(name) or fallback
        if not value:
            raise PlaceholderEmpty(name=name)
        return escape(value)

    return _PLACE.sub(put, text)
