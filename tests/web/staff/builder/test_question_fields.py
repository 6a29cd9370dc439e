"""The fields of a question's form say the same as the question that they were made from."""

from typing import Any

import pytest

from surveys.web.staff.builder.question_fields import read_keys, write_fields

TEXT = {"tr": "Soru?", "en": "Question?"}
OPTIONS = [{"code": "a", "text": {"tr": "Bir"}}, {"code": "b", "text": {"en": "Two"}}]
QUESTIONS: list[dict[str, Any]] = [
    {"type": "single_choice", "options": OPTIONS, "other": True, "required": True},
    {"type": "multiple_choice", "options": OPTIONS, "min_choices": "1", "max_choices": "2"},
    {"type": "yes_no", "in_mail": True},
    {"type": "scale", "scale": {"min": "1", "max": "5", "low": {"tr": "Az"}, "high": {}}},
    {"type": "number", "min": "0", "max": "60", "decimals": "1"},
    {"type": "date", "min": "2020-01-01"},
    {"type": "short_text", "max_length": "80", "format": "email"},
    {"type": "note", "show_if": {"question": "nps", "at_least": "9"}},
    {"type": "note", "show_if": {"question": "body", "in": ["yes"]}},
    {"type": "note", "show_if": {"question": "body", "answered": True}},
]
NAMES = [f"{keys['type']}-{index}" for index, keys in enumerate(QUESTIONS)]


def without_gaps(value: Any) -> Any:
    """Drop what says nothing: empty texts, switches that are off."""
    if isinstance(value, dict):
        kept = {key: without_gaps(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner not in ("", None, False, {})}
    return [without_gaps(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("keys", QUESTIONS, ids=NAMES)
def test_fields_of_a_question_read_as_the_same_question(keys: dict[str, Any]) -> None:
    question = {"code": "q", "text": TEXT, **keys}

    read = read_keys({**write_fields(question), "shown": [question["type"]]})

    assert without_gaps(read) == without_gaps(question)


def test_rows_without_text_are_no_options() -> None:
    fields = {"type": ["single_choice"], "shown": ["single_choice"], "options.0.text.tr": [" "]}

    assert read_keys(fields)["options"] == []


def test_option_that_was_never_written_on_is_given_no_code() -> None:
    blank = {"code": "q", "type": "single_choice", "options": [{"code": "option-1", "text": {}}]}

    assert write_fields(blank)["options.0.code"] == [""]


def test_fields_of_another_type_than_the_chosen_one_are_left_alone() -> None:
    fields = {"type": ["number"], "shown": ["single_choice"], "options.0.text.tr": ["Bir"]}

    assert not {"options", "min"} & read_keys(fields).keys()


def test_condition_counts_the_answers_of_the_chosen_question_alone() -> None:
    fields = {
        "type": ["note"],
        "shown": ["note"],
        "show_if.question": ["b"],
        "show_if.in.a": ["yes"],
    }

    assert read_keys(fields)["show_if"] == {"question": "b", "answered": True}
