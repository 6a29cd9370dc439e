"""Which questions are asked, given the answers so far; a hidden question has no answer."""

from collections.abc import Iterator
from typing import Any

from surveys.building.definition import Condition, Definition, Question, QuestionType

Answers = dict[str, Any]
NOTHING: tuple[object, ...] = (None, "", [], {})


def is_asked(question: Question, *, definition: Definition, answers: Answers) -> bool:
    """Tell whether `question` is asked; what hangs on a hidden question is hidden too."""
    rule = question.show_if
    if rule is None:
        return True
    trigger = definition.question_by_code[rule.question]
    return is_asked(trigger, definition=definition, answers=answers) and _holds(
        rule, answers.get(trigger.code)
    )


def list_asked(definition: Definition, answers: Answers) -> list[Question]:
    """Return the questions that want an answer now, in order; notes want none."""
    return [
        question
        for question in definition.questions()
        if question.type != QuestionType.NOTE
        and is_asked(question, definition=definition, answers=answers)
    ]


def entries_of(question: Question, answers: Answers) -> Answers:
    """Return what `answers` holds of one question: its value, and its text beside `other`."""
    return {name: answers[name] for name in _names(question) if name in answers}


def is_answered(question: Question, answers: Answers) -> bool:
    """Tell whether the question has an answer; of a scale group, to any of its items."""
    return answers.get(question.code) not in NOTHING


def is_complete(question: Question, answers: Answers) -> bool:
    """Tell whether nothing of the answer is open: a scale group needs each of its items."""
    answer = answers.get(question.code)
    if question.items:
        return all(item.code in (answer or {}) for item in question.items)
    return answer not in NOTHING


def _names(question: Question) -> Iterator[str]:
    yield question.code
    if question.other:
        yield f"{question.code}.other"


def _holds(rule: Condition, answer: Any) -> bool:
    if answer in NOTHING:
        return False
    if rule.one_of is not None:
        given = answer if isinstance(answer, list) else [answer]
        return any(str(value) in rule.one_of for value in given)
    if rule.at_least is not None:
        return isinstance(answer, int | float) and answer >= rule.at_least
    return True
