"""Rows: every answer, every gap with its cause, nobody's name."""

from datetime import date

from sqlalchemy.orm import Session

from models import Survey, SurveyVersion
from surveys.exporting.cells import Cell, Gap
from surveys.exporting.rows import iterate_rows
from surveys.exporting.source import open_source
from tests.conftest import NOW
from tests.exporting.answered import ANSWERS, add_response, make_asked, make_export
from tests.factories import make_document
from tests.questions import make_fields


def list_rows(
    session: Session, survey: Survey, *, keeps_personal_data: bool = False
) -> list[dict[str, Cell]]:
    export = make_export(survey, keeps_personal_data=keeps_personal_data)
    names = [column.name for column in export.source.columns]
    rows = iterate_rows(session, source=export.source, reading=export.reading)
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_row_holds_every_piece_of_the_answers(session: Session) -> None:
    survey = make_asked(session)
    add_response(session, survey, ANSWERS)

    (row,) = list_rows(session, survey)

    assert (row["job"], row["job_other_text"]) == ("other", "Çiftçi")
    assert [row[f"skills_{c}"] for c in ("a", "b", "c", "other")] == [1, 0, 0, 1]
    assert (row["skills_other_text"], row["works"], row["rating"]) == ("Ney", "yes", 4)
    assert (row["prepared_one"], row["nps"], row["income"]) == (5, 9, 1234.5)
    assert row["since"] == date(2024, 2, 29)
    assert (row["title"], row["comment"]) == ("Mühendis", "ışğ İŞĞ\n=2+3")


def test_row_tells_when_whom_and_in_which_version_but_no_name(session: Session) -> None:
    survey = make_asked(session)
    response = add_response(session, survey, ANSWERS)

    (row,) = list_rows(session, survey)

    assert (row["submitted_on"], row["version"], row["language"]) == (date(2026, 11, 23), 1, "tr")
    assert (row["unit"], row["graduation_year"]) == ("Mühendislik Fakültesi", 2024)
    person = response.invitation.alumnus
    secret = {person.external_id, person.email, person.family_name, response.invitation.public_id}
    assert not secret & set(row.values())


def test_gap_says_whether_the_question_was_asked(session: Session) -> None:
    survey = make_asked(session)
    add_response(session, survey, {"works": "no"})

    (row,) = list_rows(session, survey)

    assert (row["rating"], row["nps"]) == (Gap.NOT_ASKED, Gap.UNANSWERED)
    assert row["skills_a"] is Gap.UNANSWERED


def test_rows_stand_in_an_order_that_says_nothing_of_time(session: Session) -> None:
    survey = make_asked(session, [make_fields("nps", "nps")])
    for point in range(10):
        add_response(session, survey, {"nps": point})

    rows = list_rows(session, survey)

    keys = [str(row["response_id"]) for row in rows]
    assert keys == sorted(keys)
    assert [row["nps"] for row in rows] != list(range(10))
    assert list_rows(session, survey) == rows


def test_response_to_an_older_version_has_its_own_number_and_gaps(session: Session) -> None:
    survey = make_asked(session, [make_fields("nps", "nps")])
    old = survey.versions[0]
    sections = [{"title": {"tr": "B"}, "questions": [make_fields("title", "short_text")]}]
    document = make_document(sections=sections)
    new = SurveyVersion(number=2, definition=document, notice_version="1", created_at=NOW)
    survey.versions.append(new)
    session.flush()
    add_response(session, survey, {"nps": 3}, survey_version_id=old.id)
    add_response(session, survey, {"title": "Usta"}, survey_version_id=new.id)

    rows = sorted(list_rows(session, survey), key=lambda row: str(row["version"]))

    assert [(row["version"], row["nps"]) for row in rows] == [(1, 3), (2, Gap.NOT_ASKED)]
    assert [row["title"] for row in rows] == [Gap.NOT_ASKED, "Usta"]


def test_personal_data_in_texts_is_masked_and_the_row_says_where(session: Session) -> None:
    survey = make_asked(session)
    add_response(session, survey, {"comment": "ara: 0532 123 45 67"})

    (row,) = list_rows(session, survey)

    assert (row["comment"], row["personal_data"]) == ("ara: [telefon]", "comment")


def test_personal_data_stays_when_it_is_asked_for(session: Session) -> None:
    survey = make_asked(session)
    add_response(session, survey, {"comment": "ara: 0532 123 45 67"})

    (row,) = list_rows(session, survey, keeps_personal_data=True)

    assert (row["comment"], row["personal_data"]) == ("ara: 0532 123 45 67", "comment")


def test_source_names_all_columns_of_a_row(session: Session) -> None:
    survey = make_asked(session)
    add_response(session, survey, ANSWERS)

    assert len(list_rows(session, survey)[0]) == len(open_source(survey).columns)
