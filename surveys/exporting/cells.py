"""One answer → what stands in the cells of its row."""

from datetime import date
from enum import Enum
from typing import Any, assert_never

from surveys.answering.conditions import Answers, is_asked
from surveys.exporting.columns import Column
from surveys.exporting.parts import Kind, Part, Role
from surveys.exporting.source import Version


class Gap(Enum):
    """Why a cell is empty: the question was not asked of this person, or they left it out."""

    NOT_ASKED = "not_asked"
    UNANSWERED = "unanswered"


# The code of a choice, a number, 1 or 0, a day, a text; None where a fact is not known.
Cell = str | int | float | date | Gap | None


def read_cell(column: Column, part: Part, *, answers: Answers, version: Version) -> Cell:
    """Return what `answers` to `version` hold for the column of `part`."""
    answer = answers.get(part.question.code)
    value = _pick(part, answer, answers) if version.number in column.versions else None
    if value is None:
        return _tell_gap(column, part, answers, version)
    if column.kind is Kind.DAY:
        return date.fromisoformat(value)
    return str(value) if column.kind in {Kind.CODED, Kind.TEXT} else value


def _pick(part: Part, answer: Any, answers: Answers) -> Any:
    match part.role:
        case Role.ANSWER:
            return answer
        case Role.OPTION:
            return None if not answer else int(part.part in answer)
        case Role.ITEM:
            return (answer or {}).get(part.part)
        case Role.OTHER_TEXT:
            return answers.get(f"{part.question.code}.other")
        case _:
            assert_never(part.role)


def _tell_gap(column: Column, part: Part, answers: Answers, version: Version) -> Gap:
    definition = version.definition
    asked = definition.question_by_code.get(part.question.code)
    if version.number not in column.versions or asked is None:
        return Gap.NOT_ASKED
    is_hidden = not is_asked(asked, definition=definition, answers=answers)
    return Gap.NOT_ASKED if is_hidden else Gap.UNANSWERED
