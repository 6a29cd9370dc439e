"""The question bank: what comes with Dönüt, and what launched surveys have asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Survey
from surveys.building.definition import Text
from surveys.building.places import iterate_questions
from surveys.building.shipped import list_groups


@dataclass
class BankQuestion:
    """One question of the bank, as part of a document without a condition.

    `group`: the title of its group of shipped questions, None of one that a survey brought.
    `asked_in`: codes of the launched surveys that asked it, the newest first.
    """

    code: str
    question: dict[str, Any]
    group: Text | None
    asked_in: list[str] = field(default_factory=list)


def list_bank(session: Session, *, is_demo: bool = False) -> Sequence[BankQuestion]:
    """Return the bank's questions, each code once: the shipped ones in their groups, then others.

    A question that only surveys know comes as the newest of them asked it.
    """
    shipped = [
        BankQuestion(question["code"], question, group.title)
        for group in list_groups()
        for question in group.questions
    ]
    bank = {entry.code: entry for entry in shipped}
    for survey, question in _iterate_asked(session, is_demo=is_demo):
        entry = bank.setdefault(
            question["code"], BankQuestion(question["code"], _detach(question), None)
        )
        entry.asked_in.append(survey)
    return list(bank.values())


def _iterate_asked(session: Session, *, is_demo: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    query = select(Survey.code, Survey.definition).where(
        Survey.launched_at.is_not(None), Survey.is_demo.is_(is_demo)
    )
    for code, document in session.execute(query.order_by(Survey.launched_at.desc())):
        for question in iterate_questions(document):
            yield code, question


def _detach(question: dict[str, Any]) -> dict[str, Any]:
    """Return the question without what ties it to its survey."""
    return {key: v for key, v in question.items() if key not in {"show_if", "in_mail", "required"}}
