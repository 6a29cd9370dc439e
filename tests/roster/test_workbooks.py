"""Excel workbooks, honest and crafted."""

import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from surveys.roster.workbooks import (
    WorkbookDamaged,
    WorkbookOld,
    WorkbookTooLarge,
    open_workbook,
)
from tests.roster.files import write_book

MORNING = datetime(2024, 6, 10, 9, 30)  # noqa: DTZ001 - Excel knows no time zones


def read(path: Path) -> dict[str, list[tuple[int, list[str]]]]:
    with open_workbook(path) as sheets:
        return {sheet.name: list(sheet.rows) for sheet in sheets}


def craft(folder: Path, **parts: bytes) -> Path:
    """Return a workbook whose sheet, or whose shared strings, are what the test says."""
    honest = write_book(folder, [["a"]])
    crafted = honest.with_name("crafted.xlsx")
    with zipfile.ZipFile(honest) as source, zipfile.ZipFile(crafted, "w", 8) as target:
        for name in source.namelist():
            target.writestr(name, parts.get(Path(name).stem, source.read(name)))
    return crafted


def make_sheet(cells: str) -> bytes:
    schema = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{schema}"><sheetData>{cells}</sheetData></worksheet>'.encode()


def test_cells_read_as_a_person_reads_them(tmp_path: Path) -> None:
    cells = ["0012", 2015.0, 1.5, date(2024, 6, 10), MORNING, True, 1e17]

    rows = read(write_book(tmp_path, [[], cells]))["Liste"]

    texts = ["0012", "2015", "1.5", "2024-06-10", "2024-06-10 09:30:00", "TRUE", "1.000000E+17"]
    assert rows == [(2, texts)]


def test_formula_without_a_value_is_kept_as_its_text(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["a", '=1+1&"<x>"'])
    book.save(path)

    assert read(path)["Sheet"] == [(1, ["a", '=1+1&"<x>"'])]


def test_formulas_of_several_sheets_are_kept_on_their_own(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["=1+1"])
    book.create_sheet("Notlar & İzin").append(["a", "=2+2"])
    book.move_sheet("Notlar & İzin", offset=-1)
    book.save(path)

    assert read(path) == {"Notlar & İzin": [(1, ["a", "=2+2"])], "Sheet": [(1, ["=1+1"])]}


def test_formula_of_a_text_without_a_value_is_kept(tmp_path: Path) -> None:
    path = craft(tmp_path, sheet1=make_sheet('<row r="1"><c r="A1" t="str"><f>B1</f></c></row>'))

    assert read(path)["Liste"] == [(1, ["=B1"])]


def test_formula_with_an_empty_result_is_empty(tmp_path: Path) -> None:
    cells = '<c r="A1"><v>1</v></c><c r="B1" t="str"><f>IF(A1,"","x")</f><v></v></c>'
    path = craft(tmp_path, sheet1=make_sheet(f'<row r="1">{cells}</row>'))

    assert read(path)["Liste"] == [(1, ["1", ""])]


@pytest.mark.parametrize("name", ["list.csv", "list.xls", "list"])
def test_workbook_is_known_by_its_content(tmp_path: Path, name: str) -> None:
    path = write_book(tmp_path, [["a"]]).rename(tmp_path / name)

    assert read(path) == {"Liste": [(1, ["a"])]}


def test_archive_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "<office/>")

    with pytest.raises(WorkbookDamaged):
        read(path)


def test_hidden_sheets_are_left(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    book.create_sheet("Gizli").sheet_state = "hidden"
    book.save(path)

    assert list(read(path)) == ["Sheet"]


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="XFD1"><v>1</v></c></row>',
        '<row r="1048576"><c r="A1048576"><v>1</v></c></row>',
        "<row r='1048576'><c><v>1</v></c></row>",
        '<row r="1"><c r="&#88;FD1048576"><v>1</v></c><c r="A1"><v>1</v></c></row>',
    ],
)
def test_far_cell_is_refused(tmp_path: Path, cells: str) -> None:
    path = craft(tmp_path, sheet1=make_sheet(cells))

    with pytest.raises((WorkbookTooLarge, WorkbookDamaged)):
        read(path)


def test_dense_grid_that_exhausts_memory_is_refused(tmp_path: Path) -> None:
    text = "x" * 1_000_000
    strings = f'<sst count="1" uniqueCount="1"><si><t>{text}</t></si></sst>'.encode()
    row = "".join(f'<c r="{chr(65 + i)}{{n}}" t="s"><v>0</v></c>' for i in range(20))
    cells = "".join(f'<row r="{n}">{row.format(n=n)}</row>' for n in range(1, 70))
    path = craft(tmp_path, sheet1=make_sheet(cells), sharedStrings=strings)

    with pytest.raises(WorkbookTooLarge):
        read(path)


def test_part_that_inflates_too_far_is_refused(tmp_path: Path) -> None:
    path = craft(tmp_path, sheet1=b" " * (21 * 1024 * 1024))

    with pytest.raises(WorkbookTooLarge):
        read(path)


def test_archive_of_many_parts_is_refused(tmp_path: Path) -> None:
    path = write_book(tmp_path, [["a"]])
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(201):
            archive.writestr(f"part{number}", b"")

    with pytest.raises(WorkbookTooLarge):
        read(path)


def test_large_workbook_is_refused_unread(tmp_path: Path) -> None:
    path = write_book(tmp_path, [["a"]])
    with path.open("ab") as stream:
        stream.write(bytes(3 * 1024 * 1024))

    with pytest.raises(WorkbookTooLarge) as caught:
        read(path)

    assert "CSV" in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04", b"PK\x03\x04" + bytes(500), b"PK\x05\x06" + bytes(18)]
)
def test_damaged_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)

    with pytest.raises(WorkbookDamaged):
        read(path)


def test_truncated_workbook_is_refused(tmp_path: Path) -> None:
    path = write_book(tmp_path, [["Öğrenci No"], ["1"]])
    path.write_bytes(path.read_bytes()[:-100])

    with pytest.raises(WorkbookDamaged):
        read(path)


def test_document_type_is_refused(tmp_path: Path) -> None:
    path = craft(tmp_path, sheet1=b'<!DOCTYPE x [<!ENTITY a "b">]>' + make_sheet(""))

    with pytest.raises(WorkbookDamaged):
        read(path)


def test_old_or_protected_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500))

    with pytest.raises(WorkbookOld):
        read(path)
