"""All versions of a survey as one: the questions that were asked, by code.

A question stands as its newest version words it, and keeps the options and items that an older
version had. Where its type changed, the newest type alone counts.
"""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import SurveyVersion
from surveys.building.definition import Definition, Option, Question, QuestionType, from_document


def read_versions(session: Session, *, survey_id: int) -> dict[int, Definition]:
    """Return the frozen definitions of a survey by the id of their version, oldest first."""
    rows = session.execute(
        select(SurveyVersion.id, SurveyVersion.definition)
        .where(SurveyVersion.survey_id == survey_id)
        .order_by(SurveyVersion.number)
    )
    return {version: from_document(document) for version, document in rows}


def pool_questions(definitions: dict[int, Definition]) -> dict[str, Question]:
    """Return the questions by code, the newest wording, with options and items gone since."""
    pooled: dict[str, Question] = {}
    for definition in reversed(definitions.values()):
        for question in definition.questions():
            if question.type == QuestionType.NOTE:
                continue
            newer = pooled.setdefault(question.code, question)
            if newer.type == question.type:
                pooled[question.code] = _with_gone(newer, question)
    return pooled


def _with_gone(newer: Question, older: Question) -> Question:
    return replace(
        newer,
        options=_add_gone(newer.options, older.options),
        items=_add_gone(newer.items, older.items),
        other=newer.other or older.other,
    )


def _add_gone(newer: list[Option] | None, older: list[Option] | None) -> list[Option] | None:
    known = {option.code for option in newer or []}
    return [*(newer or []), *(o for o in older or [] if o.code not in known)] or None
