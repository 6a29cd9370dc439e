from typing import Any

import pytest

from surveys.building.definition import from_document
from surveys.building.problems import list_problems
from tests.building.documents import REMOVED, change, make_full_document


def blocking(document: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(fault.place, fault.subject) for fault in list_problems(document).blocking]


def test_complete_draft_has_no_problem() -> None:
    problems = list_problems(make_full_document())

    assert (problems.blocking, problems.warnings) == ([], [])


@pytest.mark.parametrize(
    ("place", "value", "found", "subject"),
    [
        ("title", {}, "title.tr", "survey"),
        ("title", REMOVED, "title.tr", "survey"),
        ("sections", [], "sections", "survey"),
        ("sections[0].title", {"tr": " "}, "sections[0].title.tr", "section:0"),
        ("sections[1].questions", [], "sections[1].questions", "section:1"),
        (
            "sections[0].questions[1].text",
            {},
            "sections[0].questions[1].text.tr",
            "question:status",
        ),
        ("mailings[1].subject", {"en": "x"}, "mailings[1].subject.tr", "mailing:1"),
        ("audience.graduation_year", {}, "audience.graduation_year", "audience"),
    ],
)
def test_what_is_missing_is_named_with_its_subject(
    place: str, value: Any, found: str, subject: str
) -> None:
    assert blocking(change(place, value)) == [(found, subject)]


def test_missing_translation_only_warns() -> None:
    problems = list_problems(change("sections[0].questions[0].text", {"tr": "Önerir misiniz?"}))

    assert problems.blocking == []
    assert [(w.place, w.subject) for w in problems.warnings] == [
        ("sections[0].questions[0].text.en", "question:nps")
    ]


def test_condition_moved_before_its_question_blocks() -> None:
    document = make_full_document()
    questions = document["sections"][0]["questions"]
    questions.insert(0, questions.pop(3))

    assert blocking(document) == [("sections[0].questions[0].show_if.question", "question:used")]


@pytest.mark.parametrize("trigger", ["nobody", "used", "comment"])
def test_draft_with_a_dangling_condition_is_shown_without_it(trigger: str) -> None:
    document = change("sections[0].questions[3].show_if.question", trigger)

    assert from_document(document).question_by_code["used"].show_if is None


def test_draft_without_texts_and_options_is_shown() -> None:
    question = {"code": "q1", "type": "single_choice", "options": [{"code": "a"}]}
    document = {**make_full_document(), "title": {}, "sections": [{"questions": [question]}]}
    del document["purpose"]

    definition = from_document(document)

    assert definition.sections[0].title == definition.purpose == {}
    assert definition.question_by_code["q1"].text == {}


@pytest.mark.parametrize(
    "words",
    [
        "Mezunlar Derneği üyesi misiniz?",
        "Herhangi bir sendikaya üye misiniz?",
        "SAĞLIK DURUMUNUZ NASIL?",
        "Hangi siyasi görüşe yakınsınız?",
        "Dininiz nedir?",
        "Etnik kökeniniz nedir?",
        "Sabıka kaydınız var mı?",
        "Engelli misiniz?",
        "Are you a union member?",
        "Do you have a disability?",
    ],
)
def test_question_about_a_special_category_warns(words: str) -> None:
    problems = list_problems(change("sections[0].questions[0].text", {"tr": words, "en": words}))

    assert [warning.place for warning in problems.warnings] == ["sections[0].questions[0].text"]
    assert problems.blocking == []


@pytest.mark.parametrize(
    "words",
    ["Hangi sektörde çalışıyorsunuz?", "Vakıf üniversitesi mi?", "Dinleme beceriniz nasıl?"],
)
def test_harmless_question_does_not_warn(words: str) -> None:
    problems = list_problems(change("sections[0].questions[0].text", {"tr": words, "en": words}))

    assert problems.warnings == []
