"""Answers saved under an earlier version of the survey → those that the present questions hold."""

from typing import Any

from surveys.answering.choices import list_values
from surveys.answering.conditions import Answers, entries_of
from surveys.answering.faults import Unreadable
from surveys.answering.prefill import fill_question
from surveys.answering.reading import read_answer
from surveys.building.definition import Definition, Question, QuestionType


def carry_over(definition: Definition, answers: Answers) -> Answers:
    """Return the answers without those to questions, options and items that are gone.

    An answer that its question can't take any more, since its type or bounds changed, goes too.
    """
    carried: Answers = {}
    for question in definition.questions():
        entries = entries_of(question, answers)
        if question.code in entries:
            carried.update(_read_again(question, entries))
    return carried


def _read_again(question: Question, entries: Answers) -> Answers:
    value = entries[question.code]
    if not isinstance(value, _shape_of(question)):
        return {}
    if isinstance(value, list):
        known = list_values(question)
        entries = {**entries, question.code: [picked for picked in value if picked in known]}
    try:
        return read_answer(question, fill_question(question, entries, language="tr"))
    except (Unreadable, ValueError):
        return {}


def _shape_of(question: Question) -> Any:
    if question.items:
        return dict
    return list if question.type == QuestionType.MULTIPLE_CHOICE else str | int | float
