"""The way through the form: which sections can be reached, where to go on, how far it is.

Sections are meant by their index from 0; the page shows them counted from 1.
"""

from surveys.answering.conditions import Answers, is_answered, is_asked
from surveys.answering.faults import Fault
from surveys.answering.reading import find_missing
from surveys.building.definition import Definition, Question, QuestionType


def list_reachable(definition: Definition, answers: Answers) -> list[int]:
    """Return the sections that ask something now; a section of notes alone counts as well."""
    return [
        index
        for index, section in enumerate(definition.sections)
        if any(is_asked(q, definition=definition, answers=answers) for q in section.questions)
    ]


def find_next(definition: Definition, answers: Answers, section: int) -> int | None:
    """Return the reachable section after `section`, or None at the end."""
    return next((i for i in list_reachable(definition, answers) if i > section), None)


def find_previous(definition: Definition, answers: Answers, section: int) -> int | None:
    """Return the reachable section before `section`, or None at the beginning."""
    before = [i for i in list_reachable(definition, answers) if i < section]
    return before[-1] if before else None


def find_open(definition: Definition, answers: Answers) -> int | None:
    """Return where to go on: the first section with an open required question or no answer."""
    for index in list_reachable(definition, answers):
        questions = _asked_in(definition, answers, index)
        is_untouched = bool(questions) and not any(is_answered(q, answers) for q in questions)
        if is_untouched or list_missing(definition, answers, section=index):
            return index
    return None


def choose_section(definition: Definition, answers: Answers, wished: int | None) -> int:
    """Return the section to show: the wished one unless something required before it is open."""
    reachable = list_reachable(definition, answers)
    last = reachable[-1] if reachable else 0
    if wished is None or wished not in reachable:
        resumed = find_open(definition, answers)
        return last if resumed is None else resumed
    barriers = (i for i in reachable if list_missing(definition, answers, section=i))
    return min(wished, next(barriers, last))


def list_missing(
    definition: Definition, answers: Answers, *, section: int | None = None
) -> list[Fault]:
    """Return the open required questions of one section, or of all."""
    indexes = range(len(definition.sections)) if section is None else [section]
    asked = (q for index in indexes for q in _asked_in(definition, answers, index))
    return [fault for fault in (find_missing(q, answers) for q in asked) if fault]


def find_section(definition: Definition, question: Question) -> int:
    """Return the section in which a question stands."""
    return next(
        index for index, section in enumerate(definition.sections) if question in section.questions
    )


def count_sections(definition: Definition, answers: Answers) -> int | None:
    """Return N of "section n of N", or None while it may still change."""
    reachable = list_reachable(definition, answers)
    for index, section in enumerate(definition.sections):
        is_out = index not in reachable
        if is_out and any(_is_undecided(definition, answers, q) for q in section.questions):
            return None
    return len(reachable)


def _asked_in(definition: Definition, answers: Answers, section: int) -> list[Question]:
    return [
        question
        for question in definition.sections[section].questions
        if question.type != QuestionType.NOTE
        and is_asked(question, definition=definition, answers=answers)
    ]


def _is_undecided(definition: Definition, answers: Answers, question: Question) -> bool:
    """Tell whether an answer still to come may make a hidden question appear."""
    if question.show_if is None:
        return False
    trigger = definition.question_by_code[question.show_if.question]
    if not is_asked(trigger, definition=definition, answers=answers):
        return _is_undecided(definition, answers, trigger)
    return not is_answered(trigger, answers)
