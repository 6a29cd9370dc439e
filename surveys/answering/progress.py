"""How much of what applies to a person is answered: what the Invitation keeps for the rates."""

from dataclasses import dataclass

from surveys.answering.conditions import Answers, is_answered, is_complete, list_asked
from surveys.building.definition import Definition


@dataclass(frozen=True)
class Progress:
    """Columns of Invitation: counts of questions, a scale group counting once, and the core."""

    answered_count: int
    applicable_count: int
    is_core_answered: bool


def measure_progress(definition: Definition, answers: Answers) -> Progress:
    """Count the questions that are asked given `answers`, and those answered."""
    asked = list_asked(definition, answers)
    core = [question for question in asked if question.required]
    return Progress(
        answered_count=sum(is_answered(question, answers) for question in asked),
        applicable_count=len(asked),
        is_core_answered=bool(core) and all(is_complete(q, answers) for q in core),
    )
