"""Form fields → answers. The fields of a question are named by its code.

`nps`; `skills.language` for an item of a scale group; `sector.other` for the text beside the
option `other`. Fields of no question, and of questions that are not asked, are ignored.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from surveys.answering.choices import Form, read_choice, read_choices, read_point, read_points
from surveys.answering.conditions import Answers, entries_of, is_asked, is_complete
from surveys.answering.faults import Fault, Unreadable
from surveys.answering.figures import read_day, read_number
from surveys.answering.texts import read_text
from surveys.building.definition import Definition, Question, QuestionType
from surveys.errors import N_

READERS: Mapping[str, Callable[[Question, Form], Answers]] = {
    QuestionType.SINGLE_CHOICE: read_choice,
    QuestionType.MULTIPLE_CHOICE: read_choices,
    QuestionType.YES_NO: read_choice,
    QuestionType.SCALE: read_point,
    QuestionType.SCALE_GROUP: read_points,
    QuestionType.NPS: read_point,
    QuestionType.NUMBER: read_number,
    QuestionType.DATE: read_day,
    QuestionType.SHORT_TEXT: read_text,
    QuestionType.LONG_TEXT: read_text,
}
_WRITTEN = {
    QuestionType.NUMBER,
    QuestionType.DATE,
    QuestionType.SHORT_TEXT,
    QuestionType.LONG_TEXT,
}
_NOT_WRITTEN = N_("Write an answer to “%(question)s”.")
_NOT_PICKED = N_("Choose an answer to “%(question)s”.")


@dataclass(frozen=True)
class Merged:
    """The answers after a form came in, those of hidden questions dropped, and what is wrong.

    Where a field can't be read, the answer saved before stands.
    """

    answers: Answers
    faults: list[Fault]


def merge_form(
    definition: Definition, *, stored: Answers, form: Form, section: int | None
) -> Merged:
    """Lay a form over the stored answers.

    `section`: the index of the section that the form shows; what is missing there was emptied
    (an unticked box sends nothing). Other sections' questions change only where fields came.
    """
    answers: Answers = {}
    faults: list[Fault] = []
    for index, part in enumerate(definition.sections):
        for question in part.questions:
            if not is_asked(question, definition=definition, answers=answers):
                continue
            entries = entries_of(question, stored)
            if index == section or has_fields(question, form):
                try:
                    entries = read_answer(question, form)
                except Unreadable as finding:
                    faults.append(finding.fault)
            answers.update(entries)
    return Merged(answers, faults)


def read_answer(question: Question, form: Form) -> Answers:
    """Return one question's entries; empty when nothing was answered. Raises Unreadable."""
    reader = READERS.get(question.type)
    return reader(question, form) if reader else {}


def has_fields(question: Question, form: Form) -> bool:
    """Tell whether the form carries a field of this question."""
    return any(name in form for name in field_names(question))


def field_names(question: Question) -> list[str]:
    """Return the names of a question's fields."""
    if question.items:
        return [f"{question.code}.{item.code}" for item in question.items]
    return [question.code, f"{question.code}.other"] if question.other else [question.code]


def find_missing(question: Question, answers: Answers) -> Fault | None:
    """Return what to say when a required question stays open; None when it does not."""
    if not question.required or is_complete(question, answers):
        return None
    if question.items:
        given = answers.get(question.code, {})
        item = next(item for item in question.items if item.code not in given)
        return Fault(question, f"{question.code}.{item.code}", _NOT_PICKED, item.text, {})
    message = _NOT_WRITTEN if question.type in _WRITTEN else _NOT_PICKED
    return Fault(question, question.code, message, question.text, {})
