import json
from typing import Any

import pytest

from surveys.building.faults import DefinitionRefused
from surveys.building.reading import read_definition
from surveys.settings import ROOT
from tests.building.documents import (
    REMOVED,
    change,
    list_faults,
    list_faults_of_text,
    make_full_document,
    text,
)


def test_definition_is_read_with_every_type_of_question() -> None:
    document = make_full_document()

    definition = read_definition(json.dumps(document), filename="survey.json")

    kinds = {question.type for question in definition.questions()}
    assert len(kinds) == 11
    assert definition.audience["graduation_year"] == {"from": 2019, "to": 2025}
    assert definition.question_by_code["events"].max == "50"
    assert definition.mailings[1].after_days == 7


def test_demo_survey_is_read() -> None:
    content = (ROOT / "demo" / "data" / "mezun-izleme.yaml").read_text(encoding="utf-8")

    definition = read_definition(content, filename="mezun-izleme.yaml")

    assert (definition.code, len(list(definition.questions()))) == ("mezun-izleme-2026", 14)


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        ("code", "x y", "x y can't be a code"),
        ("code", REMOVED, "This key is missing"),
        ("code", ["a"], "A single value is expected"),
        ("title.tr", None, "The Turkish text is missing"),
        ("title", "t" * 201, "The text has 201 characters; 200"),
        ("colour", "red", "This key is not known here"),
        ("confidentiality", "secret", "secret is not known here. Choose one of: confidential"),
        ("title", ["t"], "A text is expected here, or one text a language"),
        ("title.de", "t", "de is no language of surveys"),
        ("languages", [], "The list is empty"),
        ("languages", ["tr", "en", "tr"], "The list has 3 entries; 2 are possible"),
        ("languages[1]", "tr", "tr stands here twice"),
        ("timezone", "Europe/Istanbull", "Europe/Istanbull is no time zone"),
        ("opens_at", "2026-11-23", "2026-11-23 is no local time"),
        ("opens_at", "2026-11-23T10:00+03:00", "2026-11-23T10:00+03:00 is no local time"),
        ("opens_at", "2026-02-30T10:00", "2026-02-30T10:00 is no local time"),
        ("closes_at", "2026-11-23T10:00", "The survey closes before it opens"),
        ("year", "soon", "soon is not possible here. Write a whole number from 2000 to 2100"),
        ("contact_gap_days", 366, "366 is not possible here. Write a whole number from 0 to 365"),
        ("sections", [], "The survey has no section yet"),
        ("sections", {"a": 1}, "A list is expected"),
        ("mailings", [], "The list is empty"),
    ],
)
def test_fault_of_the_survey_is_named_with_its_place(place: str, value: Any, sentence: str) -> None:
    document = change(place, value)

    faults = list_faults(document)

    assert any(found == place and words.startswith(sentence) for found, words in faults), faults


def test_single_fault_is_the_only_one_named() -> None:
    document = change("confidentiality", "secret")

    faults = list_faults(document)

    assert len(faults) == 1


def test_every_fault_is_named_at_once() -> None:
    document = change("sections[0].questions[1].options[1].code", "working")
    document["sections"][1]["questions"][0]["scale"]["max"] = 30
    document["mailings"][1]["subject"] = text("{isim}")
    document["closes_at"] = "2026-11-01T00:00"

    places = {place for place, _ in list_faults(document)}

    assert {
        "sections[0].questions[1].options[1].code",
        "sections[1].questions[0].scale",
        "mailings[1].subject.tr",
        "mailings[1].subject.en",
        "closes_at",
    } <= places


def test_survey_may_spare_whom_another_wrote_to_lately() -> None:
    document = change("contact_gap_days", 90)

    definition = read_definition(json.dumps(document), filename="survey.json")

    assert definition.contact_gap_days == 90


def test_indicator_needs_no_year() -> None:
    document = change("year", REMOVED)

    definition = read_definition(json.dumps(document), filename="survey.json")

    assert (definition.indicator, definition.year) == ("PG3.3.5", None)


def test_language_outside_turkish_and_english_is_refused() -> None:
    document = change("languages", ["tr", "de"])

    assert list_faults(document) == [
        ("languages[1]", "de is not known here. Choose one of: tr, en.")
    ]


def test_text_missing_in_the_first_language_is_named() -> None:
    document = change("sections[0].questions[4].scale.low", {"en": "low"})

    faults = list_faults(document)

    place = "sections[0].questions[4].scale.low.tr"
    assert faults == [(place, "The Turkish text is missing. Add it.")]


def test_text_missing_in_another_language_refuses_nothing() -> None:
    document = change("sections[0].questions[4].scale.low", {"tr": "az"})

    assert list_faults(document) == []


def test_one_string_serves_every_language() -> None:
    document = change("title", "  Donut  ")

    definition = read_definition(json.dumps(document), filename="survey.json")

    assert definition.title == {"tr": "Donut", "en": "Donut"}


def test_text_in_a_language_that_the_survey_lacks_is_left_out() -> None:
    document = change("languages", ["tr"])

    definition = read_definition(json.dumps(document), filename="survey.json")

    assert definition.title == {"tr": "title"}


def test_text_is_composed_to_nfc() -> None:
    document = change("title", "I\u0307zmir")

    definition = read_definition(json.dumps(document), filename="survey.json")

    assert definition.title["tr"] == "İzmir"


@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\ud800", "\u2028", "\u202e", "\x7f", "\u0085x"])
def test_character_that_cannot_be_shown_is_refused(bad: str) -> None:
    document = change("sections[0].questions[0].text", f"a{bad}b")

    faults = list_faults(document)

    assert faults[0][0] == "sections[0].questions[0].text"
    assert f"U+{ord(bad[0]):04X}" in faults[0][1]


def test_hostile_key_is_shown_without_its_controls() -> None:
    document = make_full_document() | {"\x1b[31m\ud800": "x"}

    place, sentence = list_faults(document)[0]

    assert place == "\\u001b[31m\\ud800"
    assert (place + sentence).encode()


def test_line_is_named_in_yaml() -> None:
    content = "code: a\ntitle: t\n\ncolour: red\n"

    with pytest.raises(DefinitionRefused) as refused:
        read_definition(content, filename="survey.yaml")

    assert [fault.line for fault in refused.value.faults if fault.place == "colour"] == [4]


def test_refusal_counts_its_faults() -> None:
    faults = list_faults_of_text("code: a\n")

    assert len(faults) == 10
