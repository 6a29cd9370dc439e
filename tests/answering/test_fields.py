"""What each type of question takes from a form, and what it refuses."""

from collections.abc import Mapping
from typing import Any

import pytest

from surveys.answering.faults import Fault, Unreadable
from surveys.answering.reading import READERS, read_answer
from surveys.building.definition import QuestionType
from tests.questions import make_question

Form = Mapping[str, list[str]]


def fault_of(kind: str, form: Form, **over: Any) -> Fault:
    with pytest.raises(Unreadable) as refused:
        read_answer(make_question(kind, **over), form)
    return refused.value.fault


@pytest.mark.parametrize(
    ("kind", "form", "over", "answers"),
    [
        ("single_choice", {"q": ["b"]}, {}, {"q": "b"}),
        ("single_choice", {"q": ["b"], "q.other": ["x"]}, {"other": True}, {"q": "b"}),
        ("single_choice", {"q": ["other"], "q.other": ["x"]}, {"other": True},
         {"q": "other", "q.other": "x"}),
        ("single_choice", {"q": ["other"], "q.other": [""]}, {"other": True}, {"q": "other"}),
        ("single_choice", {"q.other": ["Tarım"]}, {"other": True},
         {"q": "other", "q.other": "Tarım"}),
        ("single_choice", {"q": ["a", "a"]}, {}, {"q": "a"}),
        ("multiple_choice", {"q": ["c", "a"]}, {}, {"q": ["a", "c"]}),
        ("multiple_choice", {"q": ["a"], "q.other": ["x"]}, {"other": True},
         {"q": ["a", "other"], "q.other": "x"}),
        ("multiple_choice", {"q": ["a"], "q.other": ["x"]}, {"other": True, "max_choices": 1},
         {"q": ["a"]}),
        ("multiple_choice", {}, {"min_choices": 2}, {}),
        ("yes_no", {"q": ["no"]}, {}, {"q": "no"}),
        ("scale", {"q": ["5"]}, {}, {"q": 5}),
        ("nps", {"q": ["0"]}, {}, {"q": 0}),
        ("nps", {"q": ["10"]}, {}, {"q": 10}),
        ("scale_group", {"q.one": ["1"], "q.two": ["5"]}, {}, {"q": {"one": 1, "two": 5}}),
        ("scale_group", {"q.two": ["2"]}, {}, {"q": {"two": 2}}),
        ("number", {"q": [" 12 "]}, {}, {"q": 12}),
        ("number", {"q": ["3,0"]}, {}, {"q": 3}),
        ("number", {"q": ["3,5"]}, {"decimals": 1}, {"q": 3.5}),
        ("number", {"q": ["3.50"]}, {"decimals": 1}, {"q": 3.5}),
        ("number", {"q": ["-2"]}, {"min": "-5"}, {"q": -2}),
        ("date", {"q": ["2026-03-15"]}, {}, {"q": "2026-03-15"}),
        ("date", {"q": ["15.03.2026"]}, {}, {"q": "2026-03-15"}),
        ("date", {"q": ["5/3/2026"]}, {}, {"q": "2026-03-05"}),
        ("date", {"q": ["15,03,2026"]}, {}, {"q": "2026-03-15"}),
        ("date", {"q": ["15032026"]}, {}, {"q": "2026-03-15"}),
        ("short_text", {"q": ["  Iğdır  "]}, {}, {"q": "Iğdır"}),
        ("short_text", {"q": ["I\u0307zmir"]}, {}, {"q": "\u0130zmir"}),
        ("long_text", {"q": ["bir\r\niki"]}, {}, {"q": "bir\niki"}),
        ("short_text", {"q": ["ad@example.com"]}, {"format": "email"}, {"q": "ad@example.com"}),
        ("short_text", {"q": ["0532 123 45 67"]}, {"format": "phone"}, {"q": "0532 123 45 67"}),
        ("note", {"q": ["x"]}, {}, {}),
    ],
)  # fmt: skip
def test_field_is_read(
    kind: str, form: Form, over: dict[str, Any], answers: dict[str, Any]
) -> None:
    assert read_answer(make_question(kind, **over), form) == answers


@pytest.mark.parametrize("kind", READERS)
def test_empty_fields_are_no_answer(kind: str) -> None:
    question = make_question(kind, other="choice" in kind)

    assert read_answer(question, {}) == {}
    assert read_answer(question, {"q": [""], "q.one": [""], "q.other": [""]}) == {}


def test_every_type_but_the_note_is_read() -> None:
    assert set(READERS) == set(QuestionType) - {QuestionType.NOTE}


@pytest.mark.parametrize(
    ("kind", "value", "over"),
    [
        ("single_choice", "z", {}),
        ("single_choice", "other", {}),
        ("single_choice", "A", {}),
        ("multiple_choice", "z", {}),
        ("yes_no", "maybe", {}),
        ("scale", "6", {}),
        ("scale", "0", {}),
        ("scale", "03", {}),
        ("nps", "11", {}),
        ("nps", "-1", {}),
        ("nps", "8.0", {}),
        ("nps", "٣", {}),
        ("number", "iki", {}),
        ("number", "1e3", {}),
        ("number", "nan", {}),
        ("number", "²", {}),
        ("number", "1" + "0" * 30, {}),
        ("number", "2,5", {}),
        ("number", "2,55", {"decimals": 1}),
        ("number", "-1", {"min": "0"}),
        ("number", "51", {"max": "50"}),
        ("date", "31.02.2026", {}),
        ("date", "2026-13-01", {}),
        ("date", "15.03.26", {}),
        ("date", "15.03.0026", {}),
        ("date", "dün", {}),
        ("date", "2019-12-31", {"min": "2020-01-01"}),
        ("date", "2026-01-02", {"max": "2026-01-01"}),
        ("short_text", "a" * 201, {}),
        ("short_text", "a" * 11, {"max_length": 10}),
        ("long_text", "a" * 4001, {}),
        ("short_text", "a\x00b", {}),
        ("short_text", "a\nb", {}),
        ("short_text", "a\x1bb", {}),
        ("long_text", "a\x00b", {}),
        ("short_text", "\ud83d", {}),
        ("long_text", "\udc00", {}),
        ("short_text", "a\ufffdb", {}),
        ("short_text", "ad@", {"format": "email"}),
        ("short_text", "ad", {"format": "email"}),
        ("short_text", "123", {"format": "phone"}),
        ("short_text", "telefonum yok", {"format": "phone"}),
    ],
)
def test_unusable_value_is_a_fault_of_its_field(
    kind: str, value: str, over: dict[str, Any]
) -> None:
    fault = fault_of(kind, {"q": [value]}, **over)

    assert fault.field == "q"
    assert "%(question)s" in fault.message


def test_two_different_radio_values_are_refused() -> None:
    assert fault_of("single_choice", {"q": ["a", "b"]}).field == "q"


def test_number_of_choices_is_held_between_its_limits() -> None:
    assert fault_of("multiple_choice", {"q": ["a", "b"]}, max_choices=1).params == {"limit": 1}
    assert fault_of("multiple_choice", {"q": ["a"]}, min_choices=2).params == {"limit": 2}


def test_fault_in_a_scale_group_names_the_item() -> None:
    fault = fault_of("scale_group", {"q.one": ["3"], "q.two": ["9"]})

    assert fault.field == "q.two"


def test_fault_in_the_text_beside_other_names_that_field() -> None:
    form = {"q": ["other"], "q.other": ["a\x00"]}

    assert fault_of("single_choice", form, other=True).field == "q.other"


def test_length_is_counted_in_letters_not_in_bytes() -> None:
    question = make_question("short_text", max_length=3)

    assert read_answer(question, {"q": ["ğü😀"]}) == {"q": "ğü😀"}
