from typing import Any

import pytest

from tests.building.documents import (
    REMOVED,
    change,
    list_faults,
    make_full_document,
    option,
    question,
    text,
)

FIRST = "sections[0].questions"
SECOND = "sections[1].questions"


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        (f"{FIRST}[0].type", "grid", "grid is not known here. Choose one of: single_choice"),
        (f"{FIRST}[0].type", REMOVED, "This key is missing"),
        (f"{FIRST}[0].code", "q.1", "q.1 can't be a code"),
        (f"{FIRST}[0].code", "_csrf", "_csrf can't be a code"),
        (f"{FIRST}[0].code", "soru ş", "soru ş can't be a code"),
        (f"{FIRST}[0].weight", 2, "This key is not known here"),
        (f"{FIRST}[0].options", [], "Questions of type nps don't know this key"),
        (f"{FIRST}[0].required", "maybe", "maybe is not possible here. Write true or false"),
        (f"{SECOND}[0].code", "NPS", "The code NPS is used twice"),
        (f"{FIRST}[1].options", REMOVED, "This key is missing"),
        (f"{FIRST}[1].options", [], "There is nothing to choose from yet"),
        (f"{FIRST}[1].options[1].code", "working", "The code working is used twice"),
        (f"{FIRST}[1].options[0].code", "other", "other is the code of the free answer"),
        (f"{FIRST}[1].options[0]", "working", "Keys with values are expected here"),
        (f"{FIRST}[2].max_choices", 0, "0 is not possible here"),
        (f"{FIRST}[2].min_choices", 3, "More answers are asked for than are allowed"),
        (f"{FIRST}[4].scale", REMOVED, "This key is missing"),
        (f"{FIRST}[4].scale.low", REMOVED, "The Turkish text is missing"),
        (f"{FIRST}[4].scale.step", 2, "This key is not known here"),
        (f"{SECOND}[0].items[0].code", "", " can't be a code"),
        (f"{SECOND}[1].min", "1,5", "1,5 is no number"),
        (f"{SECOND}[1].min", 51, "The smallest value is larger"),
        (f"{SECOND}[1].decimals", 9, "9 is not possible here"),
        (f"{SECOND}[2].min", "2020-13-01", "2020-13-01 is no date"),
        (f"{SECOND}[2].min", "2027-01-01", "The smallest value is larger"),
        (f"{SECOND}[3].max_length", 10**30, "1000000000"),
        (f"{SECOND}[3].format", "url", "url is not known here"),
        (f"{SECOND}[4].required", True, "A note has no answer"),
        (f"{SECOND}[4].text", {"tr": "", "en": "a"}, "The Turkish text is missing"),
    ],
)
def test_fault_of_a_question_is_named_with_its_place(place: str, value: Any, sentence: str) -> None:
    document = change(place, value)

    faults = list_faults(document)

    under = [words for found, words in faults if found.startswith(place)]
    assert any(words.startswith(sentence) for words in under), faults


@pytest.mark.parametrize(("low", "high"), [(5, 5), (5, 1), (0, 11)])
def test_scale_needs_rising_ends_and_eleven_points_at_most(low: int, high: int) -> None:
    document = change(f"{FIRST}[4].scale.min", low)
    document["sections"][0]["questions"][4]["scale"]["max"] = high

    assert [place for place, _ in list_faults(document)] == [f"{FIRST}[4].scale"]


def test_codes_may_be_numbers_and_words_that_mean_something_in_yaml() -> None:
    options = [option(code) for code in ("2026", "no", "null", "1e3")]
    document = change(f"{FIRST}[2].options", options)

    assert list_faults(document) == []


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        (f"{FIRST}[2].in_mail", "Questions of type multiple_choice can't stand in the mail"),
        (f"{FIRST}[4].in_mail", "One question alone can stand in the mail, and nps does already"),
        (f"{FIRST}[3].in_mail", "A question in the mail is asked of everybody"),
    ],
)
def test_question_in_the_mail_is_refused_where_it_cannot_stand(place: str, sentence: str) -> None:
    document = change(place, True)

    faults = list_faults(document)

    assert any(found == place and words.startswith(sentence) for found, words in faults)


def test_survey_of_notes_alone_is_refused() -> None:
    section = {"title": text("one"), "questions": [question("hello", "note")]}
    document = change("sections", [section])

    sentence = "No question is asked. A survey needs one that can be answered."
    assert list_faults(document) == [("sections", sentence)]


def test_too_many_questions_are_refused() -> None:
    many = [
        {"title": text("s"), "questions": [question(f"q{n}_{i}", "yes_no") for i in range(101)]}
        for n in range(2)
    ]
    document = change("sections", many)

    assert list_faults(document) == [
        ("sections", "The survey has 202 questions; 200 are possible.")
    ]


def test_min_choices_beyond_the_options_is_refused() -> None:
    document = make_full_document()
    document["sections"][0]["questions"][2] |= {"min_choices": 3, "max_choices": 3}

    assert [place for place, _ in list_faults(document)] == [f"{FIRST}[2].min_choices"]
