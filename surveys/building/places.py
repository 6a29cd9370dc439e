"""Where something stands in a draft's document."""

from collections.abc import Iterator
from typing import Any

from surveys.errors import N_, DonutError

Parts = list[dict[str, Any]]


class SubjectGone(DonutError):
    """What was to be changed isn't there any more."""

    code = "subject_gone"
    status = 409
    message = N_("This isn't in the survey any more. Somebody removed or moved it meanwhile.")


def iterate_questions(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the questions in the order in which they are asked."""
    for section in document["sections"]:
        yield from section["questions"]


def list_codes(document: dict[str, Any]) -> list[str]:
    """Return the codes of all questions."""
    return [question["code"] for question in iterate_questions(document)]


def locate(document: dict[str, Any], code: str) -> tuple[Parts, int]:
    """Return the list in which a question stands, and its index. Raises SubjectGone."""
    for section in document["sections"]:
        for index, question in enumerate(section["questions"]):
            if question["code"] == code:
                return section["questions"], index
    raise SubjectGone


def get_question(document: dict[str, Any], code: str) -> dict[str, Any]:
    """Return a question's part of the document. Raises SubjectGone."""
    questions, index = locate(document, code)
    return questions[index]


def get_part(parts: Parts, index: int) -> dict[str, Any]:
    """Return the section or mailing of an index. Raises SubjectGone."""
    if not 0 <= index < len(parts):
        raise SubjectGone
    return parts[index]
