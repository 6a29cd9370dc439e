"""A survey as staff define it: plain frozen values, and their JSON document.

`from_document` trusts what it reads; what is wrong with it is `reading`'s to say.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

Text = dict[str, str]

# What an NPS question can be answered with.
NPS_POINTS = range(11)


class QuestionType(StrEnum):
    """What can be asked."""

    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    YES_NO = "yes_no"
    SCALE = "scale"
    SCALE_GROUP = "scale_group"
    NPS = "nps"
    NUMBER = "number"
    DATE = "date"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    NOTE = "note"


@dataclass(frozen=True)
class Option:
    """One choice, or one item of a scale group."""

    code: str
    text: Text


@dataclass(frozen=True)
class Scale:
    """A row of whole numbers with words at its ends."""

    min: int
    max: int
    low: Text
    high: Text


@dataclass(frozen=True)
class Condition:
    """When a question is asked, by the answer to an earlier one; exactly one rule is set.

    `one_of` holds answers as text (the key `in`): option codes, `yes` or `no`, whole numbers;
    `at_least` a number, `answered` any answer.
    """

    question: str
    one_of: list[str] | None = None
    at_least: float | None = None
    answered: bool = False


@dataclass(frozen=True)
class Question:
    """One question. Keys that its type does not know are None (or False).

    `min` and `max` are decimal numbers (type `number`) or ISO dates (type `date`), as text.
    """

    code: str
    type: str
    text: Text
    hint: Text | None = None
    required: bool = False
    show_if: Condition | None = None
    in_mail: bool = False
    options: list[Option] | None = None
    other: bool = False
    min_choices: int | None = None
    max_choices: int | None = None
    scale: Scale | None = None
    items: list[Option] | None = None
    min: str | None = None
    max: str | None = None
    decimals: int | None = None
    max_length: int | None = None
    format: str | None = None


@dataclass(frozen=True)
class Section:
    """One page of the form."""

    title: Text
    questions: list[Question]


@dataclass(frozen=True)
class PlannedMailing:
    """One mail of the plan: at a local time, or days after the invitation at its hour.

    `at` is `YYYY-MM-DDTHH:MM` in the survey's zone; exactly one of `at`, `after_days` is set.
    """

    kind: str
    subject: Text
    at: str | None = None
    after_days: int | None = None
    text: Text | None = None


@dataclass(frozen=True)
class Definition:
    """A whole survey. `opens_at`, `closes_at` are local `YYYY-MM-DDTHH:MM` in `timezone`.

    `audience`: roster field, or heading of a further column, → one value, a list of values, or
    `{"from": …, "to": …}`; empty for everybody. Texts are in the survey's `languages`, all of them.
    `contact_gap_days`: people whom another survey wrote to within so many days are not asked; None
    or 0 asks them all the same.
    """

    code: str
    title: Text
    purpose: Text
    confidentiality: str
    languages: list[str]
    audience: dict[str, Any]
    timezone: str
    opens_at: str
    closes_at: str
    sections: list[Section]
    mailings: list[PlannedMailing]
    indicator: str | None = None
    year: int | None = None
    contact_gap_days: int | None = None

    def questions(self) -> Iterator[Question]:
        """Yield all questions in the order in which they are asked."""
        for section in self.sections:
            yield from section.questions

    @cached_property
    def question_by_code(self) -> dict[str, Question]:
        """The questions by code."""
        return {question.code: question for question in self.questions()}


def to_document(value: Any) -> Any:
    """Return the JSON form: keys as in the definition format, without those that are not set."""
    if isinstance(value, list):
        return [to_document(item) for item in value]
    if not is_dataclass(value):
        return value
    pairs = ((field.name, getattr(value, field.name)) for field in fields(value))
    return {
        {"one_of": "in"}.get(name, name): to_document(content)
        for name, content in pairs
        if content is not None and content is not False
    }


def from_document(document: dict[str, Any]) -> Definition:
    """Return the definition of a document; of one that `to_document` made, the same again.

    A draft may lack texts, options and questions: they come back empty. A condition on a question
    that isn't asked before is left out, so that whatever shows the draft asks it of everybody.
    """
    earlier: set[str] = set()
    known = {key: value for key, value in document.items() if key in _KEYS}
    sections = [
        Section(part.get("title", {}), [_question(q, earlier) for q in part.get("questions", [])])
        for part in document.get("sections", [])
    ]
    mailings = [PlannedMailing(**{"subject": {}, **m}) for m in document.get("mailings", [])]
    usual: dict[str, Any] = {"title": {}, "purpose": {}, "audience": {}}
    return Definition(**{**usual, **known, "sections": sections, "mailings": mailings})


def _question(document: dict[str, Any], earlier: set[str]) -> Question:
    content = {"text": {}, **document}
    for key in ("options", "items"):
        if key in content:
            content[key] = [Option(**{"text": {}, **option}) for option in content[key]]
    if "scale" in content:
        content["scale"] = Scale(**{**_USUAL_SCALE, **content["scale"]})
    rule = dict(content.pop("show_if", {}))
    if rule.get("question") in earlier:
        rule["one_of"] = rule.pop("in", None)
        content["show_if"] = Condition(**rule)
    earlier.add(content["code"])
    return Question(**content)


_KEYS = frozenset(field.name for field in fields(Definition))
_USUAL_SCALE = {"min": 1, "max": 5, "low": {}, "high": {}}
