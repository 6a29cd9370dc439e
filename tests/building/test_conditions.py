from typing import Any

import pytest

from tests.building.documents import change, list_faults

USED = "sections[0].questions[3].show_if"
LAST = "sections[1].questions[5].show_if"


@pytest.mark.parametrize(
    ("rule", "key", "sentence"),
    [
        ({"question": "nobody", "answered": True}, ".question", "There is no question nobody"),
        ({"question": "rating", "answered": True}, ".question", "The question rating is asked lat"),
        ({"question": "used", "answered": True}, ".question", "The question used can't depend on"),
        ({"question": "status"}, "", "Exactly one of these keys is needed"),
        ({"question": "nps", "in": ["1"], "at_least": 1}, "", "Exactly one of these keys"),
        ({"in": ["working"]}, ".question", "This key is missing"),
        ({"question": "status", "not": 1}, ".not", "This key is not known here"),
        ({"question": "status", "answered": False}, ".answered", "Only true is possible"),
        ({"question": "status", "in": ["retired"]}, ".in", "status has no answer retired"),
        ({"question": "topics", "in": ["other"]}, ".in", "topics has no answer other"),
        ({"question": "nps", "in": [11]}, ".in", "nps has no answer 11"),
        ({"question": "status", "in": []}, ".in", "Choose at least one answer"),
        ({"question": "status", "in": "working"}, ".in", "A list is expected"),
        ({"question": "nps", "at_least": 11}, ".at_least", "nps is never 11 or more"),
        (
            {"question": "status", "at_least": 1},
            ".at_least",
            "The condition doesn't fit the answers of status",
        ),
        ({"question": "nps", "at_least": "many"}, ".at_least", "many is no number"),
        ("always", "", "Keys with values are expected here"),
    ],
)
def test_fault_of_a_condition_is_named(rule: Any, key: str, sentence: str) -> None:
    document = change(USED, rule)

    faults = list_faults(document)

    assert any(place == USED + key and words.startswith(sentence) for place, words in faults), (
        faults
    )


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        ({"question": "thanks", "answered": True}, ".question"),
        ({"question": "city", "in": ["Ankara"]}, ".in"),
        ({"question": "skills", "in": ["5"]}, ".in"),
        ({"question": "day", "at_least": 1}, ".at_least"),
        ({"question": "rating", "in": [0]}, ".in"),
        ({"question": "events", "in": [51]}, ".in"),
        ({"question": "events", "in": ["many"]}, ".in"),
        ({"question": "events", "at_least": 50.5}, ".at_least"),
    ],
)
def test_condition_on_an_answer_that_cannot_be_is_the_only_fault(rule: Any, key: str) -> None:
    document = change(LAST, rule)

    assert [place for place, _ in list_faults(document)] == [LAST + key]


@pytest.mark.parametrize(
    "rule",
    [
        {"question": "used", "in": ["no"]},
        {"question": "status", "in": ["other"]},
        {"question": "nps", "in": [0, 10]},
        {"question": "rating", "at_least": 5},
        {"question": "events", "in": [0]},
        {"question": "events", "at_least": 1.5},
        {"question": "city", "answered": True},
        {"question": "skills", "answered": True},
    ],
)
def test_condition_on_a_possible_answer_is_accepted(rule: Any) -> None:
    document = change(LAST, rule)

    assert list_faults(document) == []


def test_condition_on_a_faulty_question_adds_no_fault() -> None:
    document = change("sections[0].questions[1].type", "grid")

    assert [place for place, _ in list_faults(document)] == ["sections[0].questions[1].type"]
