"""Rejected rows as a file that can be mended and imported again."""

from pathlib import Path

import openpyxl
import pytest
from sqlalchemy.orm import Session

from surveys.roster.rejecting import (
    RejectsFileRefused,
    RejectsNotWritten,
    check_rejects_path,
    write_rejects,
)
from tests.roster.files import (
    GOOD_ROW,
    HEADER,
    count_outcomes,
    list_codes,
    list_people,
    take,
    write_text,
)

BAD_ROWS = ["=1+1;Ayşe;;ayse@example.com;x", "002;A\0li;;ali@gmial.com;2024", "3;Can;;yok;2024"]


def reject(session: Session, folder: Path, suffix: str, *rows: str) -> Path:
    source = write_text(folder, HEADER, GOOD_ROW, *rows)
    result = take(session, source)
    path = folder / f"rejects{suffix}"
    write_rejects(result.rejects, source=source, mapping={}, path=path, language="tr")
    return path


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_rejected_rows_come_back_with_the_same_faults(
    session: Session, tmp_path: Path, suffix: str
) -> None:
    path = reject(session, tmp_path, suffix, *BAD_ROWS)

    again = take(session, path)

    assert list_codes(again) == [
        (2, "not_a_year", False),
        (3, "forbidden_character", False),
        (3, "email_typo", False),
        (4, "email_malformed", True),
    ]
    assert count_outcomes(again) == (0, 0, 1, 2)
    assert list_people(session)[-1].attributes == {}


def test_mended_rows_are_taken_in(session: Session, tmp_path: Path) -> None:
    path = reject(session, tmp_path, ".csv", "0012;Ayşe;;ayse2@example.com;x")
    path.write_text(path.read_text("utf-8-sig").replace(";x;", ";2024;"), "utf-8-sig")

    result = take(session, path)

    assert count_outcomes(result) == (1, 0, 0, 0)
    assert [p.external_id for p in list_people(session)] == ["0012", "2020100001"]


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_both_rows_of_a_key_come_back_so_that_neither_wins_unmended(
    session: Session, tmp_path: Path, suffix: str
) -> None:
    path = reject(session, tmp_path, suffix, GOOD_ROW.replace("Ayşe", "Fatma"))

    again = take(session, path)

    assert list_codes(again) == [(3, "duplicate_key", False)]
    assert count_outcomes(again) == (0, 0, 1, 1)
    assert list_people(session)[0].given_name == "Ayşe"


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_rejects_are_refused_when_the_folder_is_gone(
    session: Session, tmp_path: Path, suffix: str
) -> None:
    with pytest.raises(RejectsNotWritten):
        reject(session, tmp_path, f"/gone/out{suffix}", *BAD_ROWS)


def test_cell_without_a_heading_is_explained_without_one(session: Session, tmp_path: Path) -> None:
    path = reject(session, tmp_path, ".csv", "2;Ali;;ali@example.com;2024;x")

    assert ";Satırda başlık" in path.read_text("utf-8-sig")


def test_workbook_of_rejected_rows_holds_text_only_and_says_why(
    session: Session, tmp_path: Path
) -> None:
    path = reject(session, tmp_path, ".xlsx", *BAD_ROWS)

    rows = list(openpyxl.load_workbook(path).active.iter_rows())

    assert [cell.value for cell in rows[0]] == [*HEADER.split(";"), "Dönüt: neden"]
    assert (rows[1][0].value, rows[1][0].data_type) == ("=1+1", "s")
    assert (rows[2][0].value, rows[2][1].value) == ("002", "A⟨U+0000⟩li")
    assert rows[3][5].value.startswith("E-posta: Bu bir e-posta adresi değil.")
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n"}


def test_text_of_rejected_rows_runs_no_formula(session: Session, tmp_path: Path) -> None:
    path = reject(session, tmp_path, ".csv", *BAD_ROWS)

    line = path.read_text("utf-8-sig").splitlines()[1]

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert line.startswith("'=1+1;Ayşe;;")


def test_file_of_rejected_rows_has_a_header_only_when_all_are_taken(
    session: Session, tmp_path: Path
) -> None:
    path = reject(session, tmp_path, ".csv")

    assert path.read_text("utf-8-sig") == f"{HEADER};Dönüt: neden\n"


@pytest.mark.parametrize("name", ["out.pdf", "missing/out.csv", "list.csv", "out"])
def test_rejects_path_is_refused(tmp_path: Path, name: str) -> None:
    source = write_text(tmp_path, HEADER)

    with pytest.raises(RejectsFileRefused):
        check_rejects_path(tmp_path / name, source=source)


@pytest.mark.parametrize("name", ["/proc/out.xlsx", "/proc/out.csv"])
def test_rejects_path_is_refused_when_the_system_refuses(tmp_path: Path, name: str) -> None:
    source = write_text(tmp_path, HEADER)

    with pytest.raises(RejectsFileRefused):
        check_rejects_path(Path(name), source=source)


def test_check_of_the_rejects_path_leaves_nothing_behind(tmp_path: Path) -> None:
    source = write_text(tmp_path, HEADER)

    check_rejects_path(tmp_path / "out.xlsx", source=source)

    assert list(tmp_path.iterdir()) == [source]
