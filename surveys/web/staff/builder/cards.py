"""A draft's document → the sections and question cards of its page, with what is wrong on each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.building.definition import Definition, Question, from_document
from surveys.building.faults import Fault
from surveys.building.problems import list_problems
from surveys.i18n import pick_text
from surveys.web.staff.builder.fault_words import say_fault
from surveys.web.staff.builder.question_words import say_rule, say_type
from surveys.web.words import current_language


@dataclass(frozen=True, kw_only=True)
class Card:
    """One question as it stands in the column. `faults` block the launch; `lacks` are languages."""

    code: str
    number: int
    text: str
    kind: str
    condition: str | None
    question: Question
    is_first: bool
    is_last: bool
    faults: Sequence[str]
    warnings: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One section with its cards; `title` is empty until it is written."""

    index: int
    title: str
    texts: Mapping[str, str]
    cards: Sequence[Card]
    faults: Sequence[str]
    warnings: Sequence[str]
    is_last: bool


@dataclass(frozen=True)
class Column:
    """All parts, and what is wrong with the survey itself."""

    parts: Sequence[Part]
    faults: Sequence[str]
    warnings: Sequence[str]

    @property
    def card_by_code(self) -> dict[str, Card]:
        """The cards by the question's code."""
        return {card.code: card for part in self.parts for card in part.cards}

    @property
    def question_count(self) -> int:
        """How many cards there are."""
        return len(self.card_by_code)


def make_column(document: dict[str, Any]) -> Column:
    """Return the column of a draft, complete or not."""
    definition = from_document(document)
    problems = list_problems(document)
    faults, warnings = _by_subject(problems.blocking), _by_subject(problems.warnings)
    numbers = {q.code: number for number, q in enumerate(definition.questions(), start=1)}
    last = len(definition.sections) - 1
    parts = [
        Part(
            index=index,
            title=pick_text(section.title, current_language()),
            texts=section.title,
            cards=list(_list_cards(definition, index, numbers, (faults, warnings))),
            faults=faults.get(f"section:{index}", []),
            warnings=warnings.get(f"section:{index}", []),
            is_last=index == last,
        )
        for index, section in enumerate(definition.sections)
    ]
    return Column(parts, faults.get("survey", []), warnings.get("survey", []))


def _list_cards(
    definition: Definition,
    section: int,
    numbers: Mapping[str, int],
    found: tuple[Mapping[str, list[str]], Mapping[str, list[str]]],
) -> Iterator[Card]:
    questions = definition.sections[section].questions
    faults, warnings = found
    for position, question in enumerate(questions):
        rule, subject = question.show_if, f"question:{question.code}"
        trigger = definition.question_by_code[rule.question] if rule else None
        yield Card(
            code=question.code,
            number=numbers[question.code],
            text=pick_text(question.text, current_language()),
            kind=say_type(question),
            condition=say_rule(rule, trigger=trigger, numbers=numbers)
            if rule and trigger
            else None,
            question=question,
            is_first=section == 0 and position == 0,
            is_last=section == len(definition.sections) - 1 and position == len(questions) - 1,
            faults=faults.get(subject, []),
            warnings=warnings.get(subject, []),
        )


def _by_subject(faults: Sequence[Fault]) -> dict[str, list[str]]:
    """Return each subject's sentences, each once: a scale can lack the same text at both ends."""
    found: dict[str, list[str]] = {}
    for fault in faults:
        sentence = say_fault(fault)
        known = found.setdefault(fault.subject or "survey", [])
        if sentence not in known:
            known.append(sentence)
    return found
