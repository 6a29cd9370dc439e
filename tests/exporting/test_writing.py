"""Files of every format, read back by other programs, say what was answered."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from surveys.exporting.cells import Gap
from surveys.exporting.statistics_file import GAP_NUMBERS
from surveys.exporting.text_file import write_text
from surveys.exporting.words import Wording
from surveys.exporting.workbook import TooMuchForWorkbook, Workbook
from surveys.exporting.writing import Format, write_archive, write_export
from surveys.roster.cells import escape
from tests.conftest import NOW
from tests.exporting.answered import (
    ANSWERS,
    add_response,
    make_asked,
    make_export,
    read_sheet,
    read_statistics,
    read_text,
)
from tests.questions import make_fields

# What breaks files: formulas, separators, quotes, controls, escapes of Excel, other scripts.
HOSTILE = st.lists(
    st.sampled_from([*"=+-@;,\"'\t\r\n\x07\u202e＝ışğİ 😀<&>", "_x0041_", "http://a.b"])
    | st.characters(codec="utf-8", exclude_characters="\x00"),
    min_size=1,
    max_size=40,
).map("".join)
HALF_CHARACTER = "a\ud800\x00b"


def test_csv_file_is_written_for_a_turkish_excel(session: Session, tmp_path: Path) -> None:
    survey = make_asked(session)
    add_response(session, survey, ANSWERS)
    path = tmp_path / "out.csv"

    count = write_export(session, make_export(survey), format=Format.CSV, path=path)

    written = path.read_bytes()
    assert count == 1
    assert written.startswith(b"\xef\xbb\xbfresponse_id;submitted_on;")
    assert written.endswith(b"\r\n")
    (row,) = read_text(path)
    assert (row["income"], row["since"], row["job"]) == ("1234,5", "2024-02-29", "other")


def test_csv_file_in_words_has_questions_as_headings(session: Session, tmp_path: Path) -> None:
    survey = make_asked(session)
    add_response(session, survey, ANSWERS)
    path = tmp_path / "out.csv"

    export = make_export(survey, wording=Wording.WORDS)
    write_export(session, export, format=Format.CSV, path=path)

    (row,) = read_text(path)
    assert (row["Soru job? [job]"], row["Soru works? [works]"]) == ("Diğer", "Evet")
    assert row["Soru skills? – A [skills_a]"] == "1"


def test_no_cell_and_no_heading_of_a_csv_file_is_a_formula(
    session: Session, tmp_path: Path
) -> None:
    survey = make_asked(
        session, [make_fields("t", "short_text", text={"tr": "=cmd|' /C calc'!A0"})]
    )
    add_response(session, survey, {"t": "@SUM(1;2)"})
    path = tmp_path / "out.csv"

    export = make_export(survey, wording=Wording.WORDS)
    write_export(session, export, format=Format.CSV, path=path)

    written = path.read_text("utf-8-sig")
    assert ";'=cmd" in written
    assert ";'@SUM(1;2)" in written or '"\'@SUM(1;2)"' in written


def test_workbook_has_rows_codebook_and_what_to_know(session: Session, tmp_path: Path) -> None:
    survey = make_asked(session)
    add_response(session, survey, ANSWERS)
    path = tmp_path / "out.xlsx"

    write_export(session, make_export(survey), format=Format.XLSX, path=path)

    (row,) = read_sheet(path)
    codebook, about = read_sheet(path, 1), read_sheet(path, 2)
    assert (row["income"], row["nps"], row["since"]) == (1234.5, 9, datetime(2024, 2, 29))  # noqa: DTZ001
    assert {line["Sütun"] for line in codebook} == set(row)
    rating = next(line for line in codebook if line["Sütun"] == "rating")
    assert rating["Yalnızca şu durumda soruldu"] == "works şunlardan biriyse: yes"
    assert len(about) == 4


def test_text_longer_than_a_cell_says_that_it_was_cut(session: Session, tmp_path: Path) -> None:
    survey = make_asked(session)
    add_response(session, survey, {"comment": "ş" * 40_000})
    path = tmp_path / "out.xlsx"

    write_export(session, make_export(survey), format=Format.XLSX, path=path)

    comment = read_sheet(path)[0]["comment"]
    assert len(comment) == 32_767
    assert comment.endswith("CSV dosyasında.]")


def test_statistics_file_carries_its_codebook(session: Session, tmp_path: Path) -> None:
    survey = make_asked(session)
    add_response(session, survey, ANSWERS)
    path = tmp_path / "out.sav"

    write_export(session, make_export(survey), format=Format.SAV, path=path)

    (row,), about = read_statistics(path)
    assert (row["job"], row["skills_a"], row["skills_b"], row["works"]) == (999, 1, 0, 1)
    assert (row["income"], row["since"], row["comment"]) == (
        1234.5,
        date(2024, 2, 29),
        ANSWERS["comment"],
    )
    assert about.column_names_to_labels["prepared_one"] == "Soru prepared? – ONE"
    assert about.variable_value_labels["job"][999] == "Diğer"
    assert about.variable_measure["rating"] == "ordinal"


def test_statistics_file_parts_not_asked_from_unanswered(session: Session, tmp_path: Path) -> None:
    survey = make_asked(session)
    add_response(session, survey, {"works": "no"})
    path = tmp_path / "out.sav"

    write_export(session, make_export(survey), format=Format.SAV, path=path)

    (row,), _ = read_statistics(path, user_missing=True)
    (seen,), _ = read_statistics(path)
    assert (row["rating"], row["nps"]) == (GAP_NUMBERS[Gap.NOT_ASKED], GAP_NUMBERS[Gap.UNANSWERED])
    assert seen["rating"] != seen["rating"]


def test_text_longer_than_spss_holds_says_that_it_was_cut(session: Session, tmp_path: Path) -> None:
    survey = make_asked(session)
    add_response(session, survey, {"comment": "ş" * 20_000})
    path = tmp_path / "out.sav"

    write_export(session, make_export(survey), format=Format.SAV, path=path)

    (row,), _ = read_statistics(path)
    assert len(row["comment"].encode()) <= 32_767
    assert row["comment"].endswith("CSV dosyasında.]")


@pytest.mark.parametrize("format_", Format)
def test_file_without_answers_has_its_columns(
    session: Session, tmp_path: Path, format_: Format
) -> None:
    path = tmp_path / f"out.{format_}"

    assert write_export(session, make_export(make_asked(session)), format=format_, path=path) == 0


@pytest.mark.parametrize("format_", [Format.CSV, Format.XLSX])
def test_same_answers_make_the_same_file(session: Session, tmp_path: Path, format_: Format) -> None:
    survey = make_asked(session)
    add_response(session, survey, ANSWERS)
    paths = [tmp_path / f"{number}.{format_}" for number in (1, 2)]

    for path in paths:
        write_export(session, make_export(survey), format=format_, path=path)

    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_archive_holds_table_and_codebook(session: Session, tmp_path: Path) -> None:
    survey = make_asked(session)
    add_response(session, survey, ANSWERS)

    count = write_archive(session, make_export(survey), path=tmp_path / "o.zip", stem="anket")

    with ZipFile(tmp_path / "o.zip") as archive:
        assert (archive.namelist(), count) == (["anket.csv", "anket-kod-kitabı.csv"], 1)


@pytest.mark.parametrize("format_", Format)
@given(texts=st.lists(HOSTILE, min_size=1, max_size=5))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_comes_back_as_it_was_written(
    session: Session, tmp_path: Path, format_: Format, texts: list[str]
) -> None:
    rows: list[dict[str, Any]]
    with session.begin_nested() as nested:
        survey = make_asked(session, [make_fields("t", "long_text")])
        for text in texts:
            add_response(session, survey, {"t": _storable(text)})
        path = tmp_path / f"out.{format_}"
        export = make_export(survey, keeps_personal_data=True)
        write_export(session, export, format=format_, path=path)
        nested.rollback()

    read = {Format.CSV: read_text, Format.XLSX: read_sheet}.get(format_)
    rows = list(read(path)) if read else read_statistics(path)[0]
    assert sorted(row["t"] or "" for row in rows) == sorted(escape(_storable(t)) for t in texts)


def test_half_characters_are_written_out_in_every_format(tmp_path: Path) -> None:
    write_text(tmp_path / "out.csv", ["t"], [[HALF_CHARACTER]])
    book = Workbook(tmp_path / "out.xlsx", language="tr", now=NOW)
    book.add_sheet("t", ["t"], [[HALF_CHARACTER]])
    book.close()

    assert read_text(tmp_path / "out.csv") == [{"t": "a⟨U+D800⟩⟨U+0000⟩b"}]
    assert read_sheet(tmp_path / "out.xlsx") == [{"t": "a⟨U+D800⟩⟨U+0000⟩b"}]


def _storable(text: str) -> str:
    """Return a text as answers are stored: trimmed, line feeds alone."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip() or "boş"


def test_more_columns_than_excel_has_are_refused(tmp_path: Path) -> None:
    book = Workbook(tmp_path / "out.xlsx", language="tr", now=NOW)

    with pytest.raises(TooMuchForWorkbook):
        book.add_sheet("t", ["t"] * 16_385, [])
    book.close()
