"""The way through the form."""

import pytest

from surveys.answering.conditions import Answers
from surveys.answering.sections import (
    choose_section,
    count_sections,
    find_next,
    find_open,
    find_previous,
    list_missing,
    list_reachable,
)
from surveys.building.definition import Definition
from tests.questions import make_definition, make_fields


def survey() -> Definition:
    """Three sections; the second is asked of people with a job only."""
    works = {"question": "job", "in": ["yes"]}
    return make_definition(
        [make_fields("job", "yes_no", required=True)],
        [make_fields("city", "short_text", show_if=works)],
        [make_fields("nps", "nps"), make_fields("comment", "long_text")],
    )


def test_section_without_a_question_to_ask_is_left_out() -> None:
    assert list_reachable(survey(), {"job": "no"}) == [0, 2]
    assert list_reachable(survey(), {"job": "yes"}) == [0, 1, 2]


def test_way_leads_past_the_section_left_out() -> None:
    assert find_next(survey(), {"job": "no"}, 0) == 2
    assert find_previous(survey(), {"job": "no"}, 2) == 0
    assert find_next(survey(), {"job": "no"}, 2) is None
    assert find_previous(survey(), {"job": "no"}, 0) is None


@pytest.mark.parametrize(
    ("answers", "section"),
    [
        ({}, 0),
        ({"job": "yes"}, 1),
        ({"job": "no"}, 2),
        ({"job": "yes", "city": "Ordu"}, 2),
        ({"job": "no", "nps": 0}, None),
    ],
)
def test_person_goes_on_at_the_first_open_section(answers: Answers, section: int | None) -> None:
    assert find_open(survey(), answers) == section


def test_wished_section_is_shown_once_what_is_required_before_it_is_answered() -> None:
    assert choose_section(survey(), {}, 2) == 0
    assert choose_section(survey(), {"job": "yes"}, 2) == 2
    assert choose_section(survey(), {"job": "yes", "nps": 1}, 0) == 0


@pytest.mark.parametrize("wished", [-1, 3, 99, None])
def test_section_that_does_not_exist_means_where_to_go_on(wished: int | None) -> None:
    assert choose_section(survey(), {"job": "yes"}, wished) == 1


def test_number_of_sections_is_told_once_it_is_certain() -> None:
    assert count_sections(survey(), {}) is None
    assert count_sections(survey(), {"job": "yes"}) == 3
    assert count_sections(survey(), {"job": "no"}) == 2


def test_missing_answers_are_listed_by_section_and_in_all() -> None:
    definition = make_definition(
        [make_fields("a", "nps", required=True)], [make_fields("b", "yes_no", required=True)]
    )

    assert [f.field for f in list_missing(definition, {}, section=1)] == ["b"]
    assert [f.field for f in list_missing(definition, {})] == ["a", "b"]


def test_section_of_a_note_alone_is_shown_and_never_open() -> None:
    definition = make_definition([make_fields("hello", "note")], [make_fields("nps", "nps")])

    assert list_reachable(definition, {}) == [0, 1]
    assert find_open(definition, {}) == 1
