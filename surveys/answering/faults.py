"""What is wrong with one answer, said so that the person can mend it."""

from collections.abc import Mapping
from dataclasses import dataclass

from surveys.building.definition import Question, Text


@dataclass(frozen=True)
class Fault:
    """One mistake: the field to go to, and a catalogue sentence.

    `message` has a place `%(question)s`, filled with `label` (the question's or the item's text)
    in the reader's language, and places for `params`.
    """

    question: Question
    field: str
    message: str
    label: Text
    params: Mapping[str, object]


class Unreadable(Exception):
    """A field holds what its question can't take; carries the fault."""

    def __init__(
        self,
        question: Question,
        message: str,
        *,
        field: str | None = None,
        label: Text | None = None,
        **params: object,
    ) -> None:
        super().__init__(message)
        self.fault = Fault(
            question, field or question.code, message, label or question.text, params
        )
