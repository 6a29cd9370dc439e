"""Where the list stands in a file, and files that hold none."""

from pathlib import Path

import openpyxl
import pytest

from surveys.roster.columns import NoKeyColumn
from surveys.roster.fields import Field
from surveys.roster.tables import (
    FileEmpty,
    FileMissing,
    FileTooLarge,
    FileUnreadable,
    WebPage,
    open_table,
)
from tests.roster.files import GOOD_ROW, HEADER, write_book, write_text

BOOK_HEADER = HEADER.split(";")


def read(path: Path, **mapping: Field) -> list[tuple[int, list[str]]]:
    with open_table(path, mapping=mapping) as table:
        return list(table.rows)


def test_header_is_found_below_title_rows_and_blank_rows(tmp_path: Path) -> None:
    path = write_text(tmp_path, "2026 Mezun Listesi", ";;;;", HEADER, "", GOOD_ROW, ";;;;")

    assert read(path) == [(5, GOOD_ROW.split(";"))]


def test_header_is_found_on_the_sheet_that_has_one(tmp_path: Path) -> None:
    path = write_book(tmp_path, [["Mezun Listesi"], [], BOOK_HEADER, [], [2020100001, "Ayşe"]])

    assert read(path) == [(5, ["2020100001", "Ayşe", "", "", ""])]


def test_header_is_found_by_the_mapping(tmp_path: Path) -> None:
    path = write_text(tmp_path, "Kod,Ad", "A-1,Ayşe")

    assert read(path, Kod=Field.EXTERNAL_ID) == [(2, ["A-1", "Ayşe"])]


def test_table_is_refused_without_a_key_column(tmp_path: Path) -> None:
    with pytest.raises(NoKeyColumn) as caught:
        read(write_text(tmp_path, "Mezunlar", "Ad;Soyad;E-posta", "Ayşe;Yılmaz;a@example.com"))

    assert caught.value.params["found"] == "Ad, Soyad, E-posta"


@pytest.mark.parametrize("lines", [[], [""], [";;"], [HEADER], [HEADER, ";;"]])
def test_table_is_refused_when_it_is_empty(tmp_path: Path, lines: list[str]) -> None:
    with pytest.raises(FileEmpty):
        read(write_text(tmp_path, *lines))


@pytest.mark.parametrize("rows", [[], [BOOK_HEADER]])
def test_workbook_is_refused_when_it_is_empty(tmp_path: Path, rows: list[list[str]]) -> None:
    with pytest.raises(FileEmpty):
        read(write_book(tmp_path, rows))


def test_sheets_that_were_not_read_are_named(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    for name in ("Açıklama", "2023", "2024"):
        book.create_sheet(name).append(BOOK_HEADER)
        book[name].append([name, "Ayşe"])
    book["Açıklama"].delete_rows(1)
    book.save(path)

    with open_table(path, mapping={}) as table:
        rows = list(table.rows)

    assert [cells[0] for _, cells in rows] == ["2023"]
    assert table.unread_sheets == ["Açıklama", "2024"]


@pytest.mark.parametrize("name", ["nothing.csv", "."])
def test_file_is_refused_when_it_is_missing(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileMissing):
        read(tmp_path / name)


def test_file_is_refused_when_the_system_refuses(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable):
        read(tmp_path / ("x" * 300))


def test_file_of_200_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    with path.open("wb") as stream:
        stream.truncate(200 * 1024 * 1024)

    with pytest.raises(FileTooLarge) as caught:
        read(path)

    assert caught.value.params["limit"] == 100


def test_web_page_under_a_spreadsheets_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WebPage):
        read(write_text(tmp_path, "<html><table>", name="list.xls"))
