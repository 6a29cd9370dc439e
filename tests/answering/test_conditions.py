"""Which questions are asked, given the answers so far."""

from typing import Any

import pytest

from surveys.answering.conditions import Answers, is_complete, list_asked
from tests.questions import make_definition, make_fields, make_question


def asked_codes(kind: str, rule: dict[str, Any], answers: Answers) -> list[str]:
    definition = make_definition(
        [
            make_fields("first", kind, **({"other": True} if "choice" in kind else {})),
            make_fields("second", "short_text", show_if={"question": "first", **rule}),
        ]
    )
    return [question.code for question in list_asked(definition, answers)]


@pytest.mark.parametrize(
    ("kind", "rule", "answer", "is_shown"),
    [
        ("single_choice", {"in": ["a", "b"]}, "b", True),
        ("single_choice", {"in": ["a", "b"]}, "c", False),
        ("single_choice", {"in": ["other"]}, "other", True),
        ("multiple_choice", {"in": ["a"]}, ["c", "a"], True),
        ("multiple_choice", {"in": ["a"]}, ["c"], False),
        ("yes_no", {"in": ["yes"]}, "yes", True),
        ("nps", {"in": ["0"]}, 0, True),
        ("nps", {"at_least": 9}, 9, True),
        ("nps", {"at_least": 9}, 8, False),
        ("nps", {"at_least": 0}, 0, True),
        ("number", {"at_least": 1}, 0, False),
        ("number", {"at_least": 1}, 1.5, True),
        ("short_text", {"answered": True}, "x", True),
        ("short_text", {"answered": True}, "", False),
        ("nps", {"answered": True}, 0, True),
        ("scale_group", {"answered": True}, {"one": 1}, True),
        ("scale_group", {"answered": True}, {}, False),
    ],
)
def test_condition_rests_on_the_answer(
    kind: str, rule: dict[str, Any], answer: object, *, is_shown: bool
) -> None:
    shown = asked_codes(kind, rule, {"first": answer})

    assert shown == (["first", "second"] if is_shown else ["first"])


def test_condition_is_not_met_without_an_answer() -> None:
    assert asked_codes("nps", {"at_least": 0}, {}) == ["first"]


def test_question_behind_a_hidden_one_is_hidden_whatever_is_stored() -> None:
    definition = make_definition(
        [
            make_fields("first", "yes_no"),
            make_fields("second", "yes_no", show_if={"question": "first", "in": ["yes"]}),
            make_fields("third", "nps", show_if={"question": "second", "in": ["yes"]}),
        ]
    )

    asked = list_asked(definition, {"first": "no", "second": "yes", "third": 3})

    assert [question.code for question in asked] == ["first"]


def test_note_wants_no_answer() -> None:
    definition = make_definition([make_fields("intro", "note"), make_fields("nps", "nps")])

    assert [question.code for question in list_asked(definition, {})] == ["nps"]


def test_scale_group_is_complete_with_each_item() -> None:
    group = make_question("scale_group")

    assert not is_complete(group, {"q": {"one": 3}})
    assert is_complete(group, {"q": {"one": 3, "two": 1}})
