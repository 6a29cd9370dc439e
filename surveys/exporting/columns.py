"""The columns of an export: facts about the response, then the questions of every version.

What one version asked and another did not has a column too, empty where it was not asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from surveys.building.definition import Definition, Text
from surveys.errors import N_
from surveys.exporting.names import make_name
from surveys.exporting.parts import OTHER_NUMBER, Choice, Kind, Measure, Part, list_parts
from surveys.i18n import LANGUAGES, translate


class Fact(StrEnum):
    """What stands beside the answers; the value is the column's name."""

    RESPONSE_ID = "response_id"
    SUBMITTED_ON = "submitted_on"
    VERSION = "version"
    LANGUAGE = "language"
    UNIT = "unit"
    PROGRAMME = "programme"
    DEGREE = "degree"
    GRADUATION_YEAR = "graduation_year"
    PERSONAL_DATA = "personal_data"


@dataclass(frozen=True)
class Column:
    """One column. `source` is a fact, or the part of a question in its newest words.

    `versions` are the numbers of those that ask it; of a fact it is empty.
    """

    name: str
    source: Fact | Part
    words: Text
    detail: Text | None
    kind: Kind
    measure: Measure
    choices: tuple[Choice, ...] = ()
    versions: frozenset[int] = frozenset()

    @property
    def is_written(self) -> bool:
        """Whether people write into it what they like."""
        return isinstance(self.source, Part) and self.kind is Kind.TEXT


_FACTS: Mapping[Fact, tuple[str, Kind, Measure]] = {
    Fact.RESPONSE_ID: (N_("Response (a made-up key)"), Kind.TEXT, Measure.NOMINAL),
    Fact.SUBMITTED_ON: (N_("Submitted on"), Kind.DAY, Measure.SCALE),
    Fact.VERSION: (N_("Version of the survey"), Kind.WHOLE, Measure.ORDINAL),
    Fact.LANGUAGE: (N_("Language"), Kind.CODED, Measure.NOMINAL),
    Fact.UNIT: (N_("Unit"), Kind.TEXT, Measure.NOMINAL),
    Fact.PROGRAMME: (N_("Programme"), Kind.TEXT, Measure.NOMINAL),
    Fact.DEGREE: (N_("Degree"), Kind.TEXT, Measure.NOMINAL),
    Fact.GRADUATION_YEAR: (N_("Graduation year"), Kind.WHOLE, Measure.SCALE),
    Fact.PERSONAL_DATA: (
        N_("Columns in which personal data was written"),
        Kind.TEXT,
        Measure.NOMINAL,
    ),
}
_LANGUAGES = (
    Choice(1, "tr", {"tr": "Türkçe", "en": "Turkish"}),
    Choice(2, "en", {"tr": "İngilizce", "en": "English"}),
)


def list_columns(versions: Mapping[int, Definition]) -> list[Column]:
    """Return the columns for the versions of a survey, number → definition."""
    taken: set[str] = set()
    facts = [_of_fact(fact, taken) for fact in Fact]
    merged: dict[tuple[object, ...], list[tuple[int, Part]]] = {}
    for number in sorted(versions):
        for question in versions[number].questions():
            for part in list_parts(question):
                merged.setdefault(part.key, []).append((number, part))
    return [*facts, *(_of_parts(seen, taken) for seen in _in_order(merged.values()))]


def _in_order(
    merged: Iterable[list[tuple[int, Part]]],
) -> Sequence[list[tuple[int, Part]]]:
    """Keep what belongs to one question together, however late a version added to it."""
    columns = list(merged)
    first: dict[str, int] = {}
    for index, seen in enumerate(columns):
        first.setdefault(seen[0][1].question.code, index)
    return sorted(columns, key=lambda seen: first[seen[0][1].question.code])


def _of_fact(fact: Fact, taken: set[str]) -> Column:
    message, kind, measure = _FACTS[fact]
    words = {language: translate(language, message) for language in LANGUAGES}
    choices = _LANGUAGES if fact is Fact.LANGUAGE else ()
    return Column(make_name(fact, taken), fact, words, None, kind, measure, choices)


def _of_parts(seen: Sequence[tuple[int, Part]], taken: set[str]) -> Column:
    newest = seen[-1][1]
    is_decimal = any(part.kind is Kind.DECIMAL for _, part in seen)
    return Column(
        name=make_name(newest.wished_name, taken),
        source=newest,
        words=newest.words,
        detail=newest.detail,
        kind=Kind.DECIMAL if is_decimal else newest.kind,
        measure=newest.measure,
        choices=_merge_choices(part.choices for _, part in seen),
        versions=frozenset(number for number, _ in seen),
    )


def _merge_choices(by_version: Iterable[tuple[Choice, ...]]) -> tuple[Choice, ...]:
    """Return all choices in their newest words; a number, once given, stays with its code."""
    found: dict[str, Choice] = {}
    for choices in by_version:
        for choice in choices:
            known = found.get(choice.code)
            if known is not None:
                found[choice.code] = replace(known, text=choice.text)
            else:
                found[choice.code] = replace(choice, number=_free_number(choice, found))
    return tuple(found.values())


def _free_number(choice: Choice, found: Mapping[str, Choice]) -> int:
    numbers = {known.number for known in found.values()}
    if choice.number not in numbers:
        return choice.number
    return max(number for number in numbers if number != OTHER_NUMBER) + 1
