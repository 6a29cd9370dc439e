from typing import Any

import pytest

from surveys.building.applying import apply
from surveys.building.cleaning import EditRefused
from surveys.building.operations import (
    AddQuestion,
    DeleteQuestion,
    DuplicateQuestion,
    MoveQuestion,
    Operation,
    SetQuestion,
)
from surveys.building.places import SubjectGone, get_question, list_codes
from tests.building.documents import make_full_document, option, text


def do(operation: Operation) -> dict[str, Any]:
    return apply(operation, make_full_document()).document


def changed(code: str, **keys: Any) -> dict[str, Any]:
    return get_question(do(SetQuestion(code, keys)), keys.get("code", code))


def refused_fields(operation: Operation) -> list[str]:
    with pytest.raises(EditRefused) as caught:
        do(operation)
    return [fault.place for fault in caught.value.faults]


def test_operation_leaves_the_document_before_it_alone() -> None:
    document = make_full_document()

    apply(DeleteQuestion("nps"), document)

    assert document == make_full_document()


def test_question_is_added_where_it_was_asked_for() -> None:
    done = apply(AddQuestion(0, {"type": "yes_no"}, position=1), make_full_document())

    assert list_codes(done.document)[:3] == ["nps", "q1", "status"]
    assert done.subject == "question:q1"


def test_new_question_has_what_its_type_needs() -> None:
    question = get_question(do(AddQuestion(1, {"type": "scale_group"})), "q1")

    assert question["scale"] == {"min": 1, "max": 5, "low": {}, "high": {}}
    assert [item["code"] for item in question["items"]] == ["item-1", "item-2"]


def test_question_of_the_bank_gets_a_free_code() -> None:
    done = apply(AddQuestion(0, {"type": "nps", "code": "NPS"}), make_full_document())

    assert done.subject == "question:NPS-2"


def test_question_without_a_type_is_refused() -> None:
    assert refused_fields(AddQuestion(0, {"text": text("x")})) == ["type"]


def test_question_of_an_unknown_section_is_refused() -> None:
    with pytest.raises(SubjectGone):
        do(AddQuestion(7, {"type": "nps"}))


def test_text_changes_in_the_given_language_alone() -> None:
    question = changed("nps", text={"en": "  Would you?\r\n"})

    assert question["text"] == {"tr": "nps", "en": "Would you?"}


def test_empty_text_is_taken_away() -> None:
    question = changed("rating", text={"en": ""}, hint={"tr": "", "en": ""})

    assert question["text"] == {"tr": "rating"}
    assert "hint" not in question


def test_none_and_false_take_a_key_away() -> None:
    question = changed("status", required=False, other=False)

    assert {"required", "other"} & set(question) == set()


def test_everything_that_cannot_be_kept_is_named_at_once() -> None:
    keys = {"max_choices": "many", "text": {"tr": "x" * 4_001}, "show_if": {"question": "nps"}}

    assert refused_fields(SetQuestion("topics", keys)) == ["max_choices", "text.tr", "show_if"]


def test_numbers_may_be_typed_with_the_comma_of_turkish() -> None:
    assert changed("events", min="0,5", max="12")["min"] == "0.5"


def test_option_keeps_its_code_and_a_new_one_gets_its_own() -> None:
    options = [{"code": "working", "text": {"tr": "Çalışıyor"}}, {"text": {"tr": "İş arıyorum"}}]

    question = changed("topics", options=options)

    assert question["options"] == [
        {"code": "working", "text": {"tr": "Çalışıyor", "en": "working"}},
        {"code": "is_ariyorum", "text": {"tr": "İş arıyorum"}},
    ]


def test_ends_of_a_scale_change_alone() -> None:
    scale = changed("rating", scale={"max": 7, "low": {"tr": "Az"}})["scale"]

    assert scale == {"min": 1, "max": 7, "low": {"tr": "Az", "en": "low"}, "high": text("high")}


@pytest.mark.parametrize(
    ("code", "kind", "kept"),
    [
        ("status", "multiple_choice", {"options", "other", "required"}),
        ("status", "scale_group", {"items", "scale", "required"}),
        ("skills", "single_choice", {"options"}),
        ("skills", "scale", {"scale"}),
        ("city", "long_text", {"max_length"}),
        ("events", "date", set()),
        ("nps", "yes_no", {"in_mail"}),
        ("nps", "note", set()),
        ("status", "note", set()),
        ("used", "note", {"show_if"}),
    ],
)
def test_new_type_keeps_what_it_knows(code: str, kind: str, kept: set[str]) -> None:
    question = changed(code, type=kind)

    assert set(question) == {"code", "type", "text"} | kept


def test_keys_of_another_type_are_left_out() -> None:
    assert "options" not in changed("nps", options=[option("a")])


def test_new_code_is_followed_by_the_conditions() -> None:
    document = do(SetQuestion("status", {"code": "emp_status"}))

    assert get_question(document, "used")["show_if"]["question"] == "emp_status"


@pytest.mark.parametrize("code", ["NPS", "", "iş durumu"])
def test_code_that_cannot_be_had_is_refused(code: str) -> None:
    assert refused_fields(SetQuestion("status", {"code": code})) == ["code"]


def test_question_put_into_the_mail_takes_the_place_of_the_other() -> None:
    document = do(SetQuestion("rating", {"in_mail": True}))

    assert get_question(document, "rating")["in_mail"] is True
    assert "in_mail" not in get_question(document, "nps")


def test_copy_stands_below_under_a_free_code_and_not_in_the_mail() -> None:
    document = do(DuplicateQuestion("nps"))

    assert list_codes(document)[:3] == ["nps", "nps-2", "status"]
    assert "in_mail" not in get_question(document, "nps-2")


@pytest.mark.parametrize(("position", "place"), [(-3, 0), (0, 0), (1, 1), (99, 6)])
def test_question_moves_to_another_section(position: int, place: int) -> None:
    document = do(MoveQuestion("nps", 1, position))

    assert document["sections"][1]["questions"][place]["code"] == "nps"
    assert len(list_codes(document)) == 11


def test_question_moves_within_its_section() -> None:
    assert list_codes(do(MoveQuestion("nps", 0, 2)))[:3] == ["status", "topics", "nps"]


def test_deleted_question_leaves_the_conditions_to_be_mended() -> None:
    done = apply(DeleteQuestion("status"), make_full_document())

    assert done.details == {"conditions": ["used"]}
    assert get_question(done.document, "used")["show_if"]["question"] == "status"
