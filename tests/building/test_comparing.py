from typing import Any

import pytest

from surveys.building.applying import apply_all
from surveys.building.comparing import Difference, compare
from surveys.building.operations import (
    AddQuestion,
    AddSection,
    DeleteQuestion,
    MoveQuestion,
    Operation,
    SetQuestion,
    SetSection,
    SetSurvey,
)
from tests.building.documents import make_full_document, option, scale, text

ADDED = option("new")
BOTH = [option("working"), option("looking")]


def differ(*operations: Operation) -> Difference:
    old = make_full_document()
    return compare(old, apply_all(operations, old))


def told(changes: Any) -> list[tuple[str, str]]:
    return [(change.subject, change.message % change.params) for change in changes]


def test_same_document_does_not_differ() -> None:
    difference = differ()

    assert (difference.words, difference.meaning, difference.is_correction) == ([], [], False)


@pytest.mark.parametrize(
    ("operation", "subject"),
    [
        (SetSurvey({"title": {"en": "New"}}), "survey"),
        (SetSurvey({"purpose": {"tr": "Yeni"}}), "survey"),
        (SetSection(1, {"title": {"tr": "Yeni"}}), "section:1"),
        (SetQuestion("nps", {"text": {"en": "New"}}), "question:nps"),
        (SetQuestion("nps", {"hint": {"tr": "Yeni"}}), "question:nps"),
        (SetQuestion("rating", {"hint": None}), "question:rating"),
        (SetQuestion("rating", {"scale": {**scale(), "low": text("new")}}), "question:rating"),
        (
            SetQuestion("skills", {"items": [{**option("field"), "text": text("new")}]}),
            "question:skills",
        ),
    ],
)
def test_other_texts_are_a_correction(operation: Operation, subject: str) -> None:
    difference = differ(operation)

    assert told(difference.words) == [(subject, "Other words")]
    assert difference.is_correction


def test_correction_shows_the_words_before_and_after() -> None:
    change = differ(SetQuestion("nps", {"text": {"en": "New"}})).words[0]

    assert (change.old, change.new) == (text("nps"), {"tr": "nps", "en": "New"})


@pytest.mark.parametrize(
    ("operation", "subject", "sentence"),
    [
        (AddQuestion(0, {"type": "nps"}), "question:q1", "Question added"),
        (DeleteQuestion("city"), "question:city", "Question removed"),
        (MoveQuestion("comment", 0, 0), "question:comment", "Question moved"),
        (MoveQuestion("rating", 1, 0), "survey", "Divided into sections differently"),
        (SetQuestion("city", {"type": "long_text"}), "question:city", "Another type of question"),
        (SetQuestion("city", {"required": True}), "question:city", "Required or not"),
        (SetQuestion("used", {"show_if": None}), "question:used", "Another condition"),
        (SetQuestion("nps", {"in_mail": False}), "question:nps", "In the invitation or not"),
        (
            SetQuestion("status", {"other": False}),
            "question:status",
            "With or without a free answer",
        ),
        (
            SetQuestion("rating", {"scale": {**scale(), "max": 7}}),
            "question:rating",
            "Other ends of the scale",
        ),
        (SetQuestion("events", {"max": "60"}), "question:events", "Other limits for the answer"),
        (
            SetQuestion("status", {"options": [*BOTH, ADDED]}),
            "question:status",
            "Choice added: new",
        ),
        (
            SetQuestion("status", {"options": BOTH[:1]}),
            "question:status",
            "Choice removed: looking",
        ),
        (
            SetQuestion("status", {"options": BOTH[::-1]}),
            "question:status",
            "Choices in another order",
        ),
    ],
)
def test_other_questions_change_the_meaning(
    operation: Operation, subject: str, sentence: str
) -> None:
    difference = differ(operation)

    assert told(difference.meaning) == [(subject, sentence)]
    assert not difference.is_correction


def test_languages_come_as_words_and_go_as_meaning() -> None:
    turkish = SetSurvey({"languages": ["tr"]})
    alone = apply_all([turkish], make_full_document())

    assert told(compare(alone, make_full_document()).words) == [("survey", "Language added: en")]
    assert told(differ(turkish).meaning) == [("survey", "Language removed: en")]


def test_section_without_questions_of_before_has_no_old_title() -> None:
    done = [AddSection({"title": {"tr": "Yeni"}}, 0), AddQuestion(0, {"type": "nps"})]

    difference = differ(*done)

    assert difference.words == []
    assert told(difference.meaning) == [("question:q1", "Question added")]
