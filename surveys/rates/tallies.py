"""Counting one question while answers stream by, and what its counts come to in the end."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from surveys.answering.choices import OTHER, list_values
from surveys.answering.conditions import Answers, is_answered
from surveys.building.definition import Question, QuestionType
from surveys.rates.free_text import Text, Written, read_phrases, read_words
from surveys.rates.small_cells import MINIMUM
from surveys.rates.summaries import (
    Days,
    Nps,
    Numbers,
    Points,
    sum_days,
    sum_nps,
    sum_numbers,
    sum_points,
)

TEXTS = {QuestionType.SHORT_TEXT: read_phrases, QuestionType.LONG_TEXT: read_words}


@dataclass(frozen=True)
class Choices:
    """People by option value, in the order shown; `others` holds what stood beside `other`."""

    counts: Sequence[tuple[str, int]]
    others: Written


@dataclass(frozen=True)
class Items:
    """A scale group: its items in order, each with its answers, None where too few answered."""

    points: Sequence[tuple[str, Points | None]]


Summary = Choices | Points | Items | Nps | Numbers | Days | Written


@dataclass
class Tally:
    """Counts of one question: by value, or by item and value; the texts with their language."""

    asked: int = 0
    answered: int = 0
    counts: Counter[Any] = field(default_factory=Counter)
    by_item: dict[str, Counter[int]] = field(default_factory=dict)
    texts: list[Text] = field(default_factory=list)

    def add(self, question: Question, answers: Answers, language: str) -> None:
        """Count what one person, who was asked `question`, answered."""
        self.asked += 1
        if not is_answered(question, answers):
            return
        self.answered += 1
        answer = answers[question.code]
        if question.type in TEXTS:
            self.texts.append((answer, language))
        elif isinstance(answer, dict):
            for item, point in answer.items():
                self.by_item.setdefault(item, Counter())[point] += 1
        else:
            self.counts.update(answer if isinstance(answer, list) else [answer])
            if beside := answers.get(f"{question.code}.{OTHER}"):
                self.texts.append((beside, language))


def summarise(
    question: Question, tally: Tally, *, population: int | None, generator: Random
) -> Summary | None:
    """Return what the counts come to; at least five people have answered.

    None where every answer is an address or a telephone number. `population`: of how many people
    these answers are, where that is known.
    """
    if question.type == QuestionType.NPS:
        return sum_nps(tally.counts, population=population)
    if question.type in TEXTS:
        read = TEXTS[QuestionType(question.type)]
        return None if question.format else read(tally.texts, generator=generator)
    summary = SUMMARIES.get(question.type, _sum_choices)(question, tally)
    if isinstance(summary, Choices):
        return replace(summary, others=read_phrases(tally.texts, generator=generator))
    return summary


def _sum_choices(question: Question, tally: Tally) -> Summary:
    counts = [(value, tally.counts[value]) for value in list_values(question)]
    return Choices(counts, Written((), (), 0))


def _sum_scale(question: Question, tally: Tally) -> Summary:
    return sum_points(tally.counts, _points(question))


def _sum_items(question: Question, tally: Tally) -> Summary:
    points = _points(question)
    items = [(item.code, tally.by_item.get(item.code, Counter())) for item in question.items or []]
    return Items(
        [
            (code, sum_points(counts, points) if counts.total() >= MINIMUM else None)
            for code, counts in items
        ]
    )


def _sum_numbers(_question: Question, tally: Tally) -> Summary:
    return sum_numbers(tally.counts)


def _sum_days(_question: Question, tally: Tally) -> Summary:
    return sum_days(tally.counts)


SUMMARIES: Mapping[str, Callable[[Question, Tally], Summary]] = {
    QuestionType.SCALE: _sum_scale,
    QuestionType.SCALE_GROUP: _sum_items,
    QuestionType.NUMBER: _sum_numbers,
    QuestionType.DATE: _sum_days,
}


def _points(question: Question) -> list[int]:
    return [int(value) for value in list_values(question)]
