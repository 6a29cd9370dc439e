"""What people answered, question by question, in one pass over the final answers of a survey.

All versions of a survey count together by question code. Only submitted answers are here; a
question with fewer than five answers is hidden.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Invitation, Response
from surveys.answering.conditions import list_asked
from surveys.building.definition import Definition, Question
from surveys.rates.pooling import pool_questions, read_versions
from surveys.rates.small_cells import MINIMUM
from surveys.rates.tallies import Summary, Tally, summarise

CHUNK = 1_000


@dataclass(frozen=True)
class QuestionResult:
    """One question. `asked` people saw it, `answered` of them answered.

    Where fewer than five answered, `answered` and `summary` are None; `summary` alone is None
    where the answers are addresses or telephone numbers.
    """

    question: Question
    asked: int
    answered: int | None
    summary: Summary | None


@dataclass(frozen=True)
class SectionResult:
    """One section of the newest version; questions that it no longer asks come last, untitled."""

    title: Mapping[str, str]
    questions: Sequence[QuestionResult]


@dataclass(frozen=True)
class Results:
    """All answers of a survey: how many people submitted, out of how many cases."""

    number: int
    cases: int
    sections: Sequence[SectionResult]


def read_results(session: Session, *, survey_id: int, generator: Random) -> Results:
    """Return the results of one launched survey; `generator` puts quotes out of order."""
    definitions = read_versions(session, survey_id=survey_id)
    questions = pool_questions(definitions)
    tallies = {code: Tally() for code in questions}
    number = 0
    for version, language, answers in _stream(session, survey_id):
        number += 1
        for question in list_asked(definitions[version], answers):
            if question.type == questions[question.code].type:
                tallies[question.code].add(question, answers, language)
    cases = _count_cases(session, survey_id)
    shown = {
        code: _show(question, tallies[code], cases, generator)
        for code, question in questions.items()
    }
    newest = list(definitions.values())[-1]
    return Results(number, cases, list(_arrange(newest, shown)))


def _stream(session: Session, survey_id: int) -> Iterator[tuple[int, str, dict[str, Any]]]:
    rows = session.execute(
        select(Response.survey_version_id, Response.language, Response.answers)
        .join(Response.invitation)
        .where(Invitation.survey_id == survey_id)
        .execution_options(yield_per=CHUNK)
    )
    for version, language, answers in rows:  # noqa: UP028 - rows are no plain tuples to mypy
        yield version, language, answers


def _count_cases(session: Session, survey_id: int) -> int:
    count = select(func.count()).select_from(Invitation).where(Invitation.survey_id == survey_id)
    return session.scalar(count) or 0


def _show(question: Question, tally: Tally, cases: int, generator: Random) -> QuestionResult:
    if tally.answered < MINIMUM:
        return QuestionResult(question, tally.asked, None, None)
    # Nobody knows how many would be asked a question that hangs on an answer.
    population = None if question.show_if else cases
    summary = summarise(question, tally, population=population, generator=generator)
    return QuestionResult(question, tally.asked, tally.answered, summary)


def _arrange(newest: Definition, shown: dict[str, QuestionResult]) -> Iterator[SectionResult]:
    left = dict(shown)
    for part in newest.sections:
        codes = [question.code for question in part.questions if question.code in shown]
        yield SectionResult(part.title, [left.pop(code) for code in codes])
    if left:
        yield SectionResult({}, list(left.values()))
