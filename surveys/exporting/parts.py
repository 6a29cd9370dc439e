"""One question → the columns that its answer fills: one, or one an option, item or free text."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from surveys.answering.choices import OTHER
from surveys.building.definition import Question, QuestionType, Text
from surveys.errors import N_
from surveys.i18n import LANGUAGES, translate

# Above every option of a question, so that options added later leave it where it is.
OTHER_NUMBER = 999

_OTHER = N_("Other")
_OTHER_TEXT = N_("Other, in words")
_YES, _NO = N_("Yes"), N_("No")


class Kind(StrEnum):
    """What stands in a column's cells."""

    CODED = "coded"
    FLAG = "flag"
    WHOLE = "whole"
    DECIMAL = "decimal"
    DAY = "day"
    TEXT = "text"


class Measure(StrEnum):
    """The level of measurement, by the names that SPSS has for them."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    SCALE = "scale"


class Role(StrEnum):
    """Which piece of a question's answer a column holds."""

    ANSWER = "answer"
    OPTION = "option"
    ITEM = "item"
    OTHER_TEXT = "other_text"


@dataclass(frozen=True)
class Choice:
    """One value of a column: the number and the code that stand for it, and its words."""

    number: int
    code: str
    text: Text


@dataclass(frozen=True)
class Part:
    """One column that a question fills; `part` is the code of its option or item.

    `words` are the question's, `detail` those of the option or item. `shape` parts what looks
    alike and counts differently, such as a scale to 5 and one to 7.
    """

    question: Question
    role: Role
    kind: Kind
    measure: Measure
    part: str = ""
    detail: Text | None = None
    choices: tuple[Choice, ...] = ()

    @property
    def words(self) -> Text:
        """The words of the question."""
        return self.question.text

    @property
    def wished_name(self) -> str:
        """The name to have unless another column has it."""
        ending = "other_text" if self.role is Role.OTHER_TEXT else self.part
        return f"{self.question.code}_{ending}" if ending else self.question.code

    @property
    def key(self) -> tuple[object, ...]:
        """What makes the parts of two versions one column."""
        scale = self.question.scale
        ends = (scale.min, scale.max) if scale else ()
        return (self.question.code, self.question.type, ends, self.role, self.part)


def list_parts(question: Question) -> Iterator[Part]:
    """Yield the columns of one question, in order; a note has none."""
    match question.type:
        case QuestionType.NOTE:
            return
        case QuestionType.MULTIPLE_CHOICE:
            yield from _list_flags(question)
        case QuestionType.SCALE_GROUP:
            yield from _list_items(question)
        case _:
            yield _answer(question)
    if question.other:
        detail = _in_all_languages(_OTHER_TEXT)
        yield Part(question, Role.OTHER_TEXT, Kind.TEXT, Measure.NOMINAL, detail=detail)


def _answer(question: Question) -> Part:
    kind, measure = _SIMPLE[QuestionType(question.type)]
    if kind is Kind.WHOLE and question.decimals:
        kind = Kind.DECIMAL
    return Part(question, Role.ANSWER, kind, measure, choices=_choices(question))


_SIMPLE = {
    QuestionType.SINGLE_CHOICE: (Kind.CODED, Measure.NOMINAL),
    QuestionType.YES_NO: (Kind.CODED, Measure.NOMINAL),
    QuestionType.SCALE: (Kind.WHOLE, Measure.ORDINAL),
    QuestionType.NPS: (Kind.WHOLE, Measure.ORDINAL),
    QuestionType.NUMBER: (Kind.WHOLE, Measure.SCALE),
    QuestionType.DATE: (Kind.DAY, Measure.SCALE),
    QuestionType.SHORT_TEXT: (Kind.TEXT, Measure.NOMINAL),
    QuestionType.LONG_TEXT: (Kind.TEXT, Measure.NOMINAL),
}


def _list_flags(question: Question) -> Iterator[Part]:
    options = [(option.code, option.text) for option in question.options or []]
    if question.other:
        options.append((OTHER, _in_all_languages(_OTHER)))
    choices = (
        Choice(1, "1", _in_all_languages(_YES)),
        Choice(0, "0", _in_all_languages(_NO)),
    )
    for code, text in options:
        yield Part(question, Role.OPTION, Kind.FLAG, Measure.NOMINAL, code, text, choices)


def _list_items(question: Question) -> Iterator[Part]:
    for item in question.items or []:
        yield Part(
            question,
            Role.ITEM,
            Kind.WHOLE,
            Measure.ORDINAL,
            item.code,
            item.text,
            _choices(question),
        )


def _choices(question: Question) -> tuple[Choice, ...]:
    """Return the values that have words: all options, both ends of a scale."""
    if question.type == QuestionType.YES_NO:
        yes, no = _in_all_languages(_YES), _in_all_languages(_NO)
        return (Choice(1, "yes", yes), Choice(0, "no", no))
    if question.scale:
        low, high = question.scale.min, question.scale.max
        return (
            Choice(low, str(low), question.scale.low),
            Choice(high, str(high), question.scale.high),
        )
    numbered = enumerate(question.options or [], start=1)
    choices = [Choice(number, option.code, option.text) for number, option in numbered]
    if question.other:
        choices.append(Choice(OTHER_NUMBER, OTHER, _in_all_languages(_OTHER)))
    return tuple(choices)


def _in_all_languages(message: str) -> Text:
    return {language: translate(language, message) for language in LANGUAGES}
