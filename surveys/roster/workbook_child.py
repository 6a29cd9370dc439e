"""Reads one Excel workbook in a process of its own, because a crafted one can abort the reader.

Run as a script with the file's path; imports nothing of ours. Writes JSON lines:
`{"sheet": name, "rows": count}` before each sheet, `[row number, [cells]]` for each row that is
not blank, `null` after its last row, `{"end": true}` after all; or `{"refused": code}`.
"""

import html
import json
import re
import resource
import sys
import zipfile
import zlib
from datetime import datetime, time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

MEMORY_BYTES = 1024**3
PROCESSOR_SECONDS = 20
MOST_ENTRIES = 200
MOST_INFLATED_BYTES = 20 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 60
FIRST_INEXACT = 1e15

_BOOK = re.compile(r"xl/workbook[^/]*\.xml")
_CELL = re.compile(rb"<(?:\w+:)?(?:c|row)\b[^>]*?\sr=[\"']([A-Z]{0,4})([0-9]{1,9})[\"']")
_FORMULA = re.compile(rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b[^>]*>([^<]+)</(?:\w+:)?f>\s*(</)?")
_REFERENCE = re.compile(rb"\sr=[\"']([A-Z]+)([0-9]+)[\"']")
_TYPE = re.compile(rb"\st=")

Formulas = dict[int, dict[int, str]]


class Refused(Exception):
    """The workbook goes beyond a limit, named by its code."""


def main(path: str) -> None:
    """Write the rows of every visible sheet to stdout, or why not."""
    try:
        formulas = scan(path)
        write_sheets(path, formulas)
        answer: dict[str, Any] = {"end": True}
    except Refused as refused:
        answer = {"refused": str(refused)}
    except PasswordError:
        answer = {"refused": "protected"}
    except (CalamineError, zipfile.BadZipFile, EOFError, NotImplementedError, zlib.error):
        answer = {"refused": "damaged"}
    write(answer)


def scan(path: str) -> dict[str, Formulas]:
    """Inflate every part within the limits and look at the references of its cells.

    Returns, by the sheet's name, what stands in the cells for which the writing program stored
    no value. Raises Refused.
    """
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_ENTRIES:
            raise Refused("too_many_parts")
        book = next((p.filename for p in parts if _BOOK.fullmatch(p.filename)), None)
        if book is None:
            raise Refused("damaged")
        left = MOST_INFLATED_BYTES
        directory = dict.fromkeys((book, book.replace("xl/", "xl/_rels/") + ".rels"), b"")
        formulas = {}
        for part in parts:
            content = inflate(archive, part, left)
            left -= len(content)
            check_references(content)
            if part.filename in directory:
                directory[part.filename] = content
            if found := find_formulas(content):
                formulas[part.filename] = found
    parts_by_sheet = find_sheets(*directory.values()) if formulas else {}
    return {name: formulas.get(part, {}) for name, part in parts_by_sheet.items()}


def find_sheets(book: bytes, relations: bytes) -> dict[str, str]:
    """Return which part of the archive holds which sheet. Raises Refused when nobody can tell."""
    try:
        targets = {r.get("Id"): r.get("Target", "") for r in ET.fromstring(relations)}  # noqa: S314 - `inflate` refused entities
        sheets = list(ET.fromstring(book).iterfind("{*}sheets/{*}sheet"))  # noqa: S314 - see above
    except ET.ParseError:
        raise Refused("damaged") from None
    parts = {}
    for sheet in sheets:
        relation = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), None)
        target = targets.get(relation, "")
        parts[sheet.get("name", "")] = (
            target.removeprefix("/") if target[:1] == "/" else f"xl/{target}"
        )
    return parts


def inflate(archive: zipfile.ZipFile, part: zipfile.ZipInfo, limit: int) -> bytes:
    """Return the content of a part; the size that the archive states is not believed."""
    with archive.open(part) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise Refused("too_large")
    if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in content:
        raise Refused("damaged")
    return content


def check_references(content: bytes) -> None:
    """Raise Refused when a cell lies further out than a list of people can reach."""
    for letters, digits in set(_CELL.findall(content)):
        if int(digits) > MOST_ROWS:
            raise Refused("too_many_rows")
        if column_number(letters) > MOST_COLUMNS:
            raise Refused("too_many_columns")


def column_number(letters: bytes) -> int:
    """Return 1 for A, 27 for AA; 0 for none."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def find_formulas(content: bytes) -> Formulas:
    """Return, by row and column from 1, the formulas with their equals sign.

    A cell with a type and a value has a result, were it an empty text.
    """
    formulas: Formulas = {}
    for attributes, text, end in _FORMULA.findall(content):
        reference = _REFERENCE.search(attributes)
        if reference is None or (_TYPE.search(attributes) and not end):
            continue
        letters, digits = reference.groups()
        formula = "=" + html.unescape(text.decode(errors="replace"))
        formulas.setdefault(int(digits), {})[column_number(letters)] = formula
    return formulas


def write_sheets(path: str, formulas: dict[str, Formulas]) -> None:
    """Write every visible sheet with its rows."""
    # By its content: a workbook under another name is one too.
    with Path(path).open("rb") as stream:
        book = CalamineWorkbook.from_filelike(stream)
    for index, meta in enumerate(book.sheets_metadata):
        if meta.typ is not SheetTypeEnum.WorkSheet or meta.visible is not SheetVisibleEnum.Visible:
            continue
        rows = book.get_sheet_by_index(index).to_python(skip_empty_area=False)
        own = formulas.get(meta.name, {})
        rows.extend([] for _ in range(len(rows), max(own, default=0)))
        write({"sheet": meta.name, "rows": len(rows)})
        for number, values in enumerate(rows, start=1):
            cells = fill(number, [cell_text(value) for value in values], own)
            if any(cells):
                write([number, cells])
        write(None)


def fill(number: int, cells: list[str], formulas: Formulas) -> list[str]:
    """Return the cells of a row, the empty ones filled with their formulas."""
    for column, formula in formulas.get(number, {}).items():
        cells.extend([""] * (column - len(cells)))
        cells[column - 1] = cells[column - 1] or formula
    return cells


def cell_text(value: Any) -> str:
    """Return what a person reads in the cell: 2015.0 → 2015, dates as 2024-06-10.

    A number of more than 15 digits lost some of them in Excel: it stays shortened, as 1.2E+17.
    """
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, datetime):
        return str(value.date() if value.time() == time.min else value)
    return str(value)


def number_text(value: float) -> str:
    """Return a number as Excel shows it at its widest."""
    if abs(value) >= FIRST_INEXACT:
        return f"{value:E}"
    return str(int(value)) if value == int(value) else repr(value)


def write(answer: object) -> None:
    """Write one line."""
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main(sys.argv[1])
