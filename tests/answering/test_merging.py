"""A form laid over what was saved."""

from surveys.answering.prefill import fill_fields
from surveys.answering.reading import find_missing, merge_form
from surveys.building.definition import Definition
from tests.questions import make_definition, make_fields, make_question


def two_sections() -> Definition:
    depends = {"question": "job", "in": ["yes"]}
    return make_definition(
        [make_fields("job", "yes_no"), make_fields("city", "short_text", show_if=depends)],
        [make_fields("skills", "multiple_choice"), make_fields("age", "number", max="99")],
    )


def test_unticked_box_of_the_shown_section_is_emptied() -> None:
    merged = merge_form(two_sections(), stored={"skills": ["a"]}, form={}, section=1)

    assert merged.answers == {}


def test_other_sections_keep_their_answers() -> None:
    merged = merge_form(two_sections(), stored={"skills": ["a"]}, form={"job": ["no"]}, section=0)

    assert merged.answers == {"job": "no", "skills": ["a"]}


def test_all_sections_can_come_in_one_form() -> None:
    form = {"job": ["yes"], "city": ["Ordu"], "skills": ["b"], "age": ["30"]}

    merged = merge_form(two_sections(), stored={}, form=form, section=None)

    assert merged.answers == {"job": "yes", "city": "Ordu", "skills": ["b"], "age": 30}


def test_answer_to_a_hidden_question_is_dropped() -> None:
    form = {"job": ["no"], "city": ["Ordu"]}

    merged = merge_form(two_sections(), stored={"city": "Rize"}, form=form, section=0)

    assert merged.answers == {"job": "no"}


def test_fault_in_a_hidden_question_stands_in_nobodys_way() -> None:
    form = {"job": ["no"], "city": ["a\x00b"]}

    merged = merge_form(two_sections(), stored={}, form=form, section=0)

    assert merged.faults == []


def test_answer_to_no_question_is_ignored() -> None:
    form = {"job": ["no"], "salary": ["1"], "job.other": ["x"], "": ["y"]}

    merged = merge_form(two_sections(), stored={"ghost": 1}, form=form, section=0)

    assert merged.answers == {"job": "no"}


def test_unreadable_field_leaves_the_saved_answer_standing() -> None:
    merged = merge_form(two_sections(), stored={"age": 30}, form={"age": ["x"]}, section=1)

    assert merged.answers == {"age": 30}
    assert [fault.field for fault in merged.faults] == ["age"]


def test_missing_item_of_a_required_group_is_named() -> None:
    group = make_question("scale_group", required=True)

    fault = find_missing(group, {"q": {"one": 2}})

    assert fault is not None
    assert fault.field == "q.two"
    assert fault.label == {"tr": "TWO"}


def test_required_number_zero_is_an_answer() -> None:
    assert find_missing(make_question("number", required=True), {"q": 0}) is None
    assert find_missing(make_question("number", required=True), {}) is not None


def test_saved_answers_fill_the_form_so_that_they_are_read_again() -> None:
    definition = make_definition(
        [
            make_fields("when", "date"),
            make_fields("share", "number", decimals=2),
            make_fields("skills", "multiple_choice", other=True),
            make_fields("group", "scale_group"),
        ]
    )
    answers = {
        "when": "2026-03-05",
        "share": 3.25,
        "skills": ["a", "other"],
        "skills.other": "Sunum",
        "group": {"two": 4},
    }

    fields = fill_fields(definition, answers, language="tr")

    assert fields["when"] == ["05.03.2026"]
    assert fields["share"] == ["3,25"]
    assert merge_form(definition, stored={}, form=fields, section=0).answers == answers
