"""Columns: one a question, option, item or free text, over all versions of a survey."""

from surveys.exporting.columns import Column, Fact, list_columns
from tests.exporting.answered import EVERY_TYPE
from tests.questions import make_definition, make_fields


def list_asked(*versions: list[dict[str, object]]) -> list[Column]:
    columns = list_columns({n: make_definition(qs) for n, qs in enumerate(versions, 1)})
    return columns[len(Fact) :]


def test_columns_hold_every_piece_of_every_question() -> None:
    names = [column.name for column in list_asked(EVERY_TYPE)]

    assert names == [
        *("job", "job_other_text"),
        *("skills_a", "skills_b", "skills_c", "skills_other", "skills_other_text"),
        *("works", "rating", "prepared_one", "prepared_two", "nps", "income", "since"),
        *("title", "comment"),
    ]


def test_columns_of_facts_stand_first_and_name_nobody() -> None:
    columns = list_columns({1: make_definition([make_fields("unit", "short_text")])})

    assert [column.name for column in columns[:-1]] == list(Fact)
    assert columns[-1].name == "unit_2"


def test_column_of_two_versions_has_the_options_of_both_and_the_newest_words() -> None:
    options = [{"code": "a", "text": {"tr": "Yeni A"}}, {"code": "d", "text": {"tr": "D"}}]
    first, second = make_fields("q", "single_choice"), make_fields("q", "single_choice")

    (column,) = list_asked([first], [{**second, "options": options, "text": {"tr": "Yeni?"}}])

    assert [(c.number, c.code, c.text["tr"]) for c in column.choices] == [
        *((1, "a", "Yeni A"), (2, "b", "B"), (3, "c", "C"), (4, "d", "D")),
    ]
    assert (column.words["tr"], sorted(column.versions)) == ("Yeni?", [1, 2])


def test_option_that_came_later_stands_beside_its_question() -> None:
    options = [{"code": "d", "text": {"tr": "D"}}]
    later = make_fields("q", "multiple_choice", options=options)

    columns = list_asked([make_fields("q", "multiple_choice"), make_fields("z", "nps")], [later])

    assert [c.name for c in columns] == ["q_a", "q_b", "q_c", "q_d", "z"]
    assert columns[3].versions == {2}


def test_question_of_another_type_in_a_later_version_has_a_column_of_its_own() -> None:
    columns = list_asked([make_fields("q", "nps")], [make_fields("q", "short_text")])

    assert [(c.name, sorted(c.versions)) for c in columns] == [("q", [1]), ("q_2", [2])]


def test_scale_to_another_end_has_a_column_of_its_own() -> None:
    longer = {"min": 1, "max": 7, "low": {"tr": "Az"}, "high": {"tr": "Çok"}}

    columns = list_asked([make_fields("q", "scale")], [make_fields("q", "scale", scale=longer)])

    assert [column.name for column in columns] == ["q", "q_2"]


def test_other_keeps_its_number_when_options_are_added() -> None:
    options = [{"code": c, "text": {"tr": c}} for c in "abcd"]
    first = make_fields("q", "single_choice", other=True)

    column, _ = list_asked([first], [{**first, "options": options}])

    assert {c.code: c.number for c in column.choices}["other"] == 999
    assert {c.code: c.number for c in column.choices}["d"] == 4
