"""A file → one table of people: its columns and a stream of rows, whatever the kind of file.

Finds the header below title rows and blank rows. Refuses what can't be read, saying what to do.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import ClassVar

from surveys.errors import N_, DonutError
from surveys.roster.columns import (
    Column,
    NoKeyColumn,
    count_known,
    has_key,
    list_headings,
    match_columns,
)
from surveys.roster.fields import Meaning
from surveys.roster.text_files import LARGEST_FILE_BYTES, Row, find_layout, read_rows
from surveys.roster.workbooks import Sheet, looks_like_workbook, open_workbook

HEADER_WITHIN_ROWS = 50
WEB_PAGE_MARKS = (b"<html", b"<!doctype", b"<table", b"<?xml")
HEAD_BYTES = 512


class FileMissing(DonutError):
    """There is no file to read."""

    code: ClassVar[str] = "file_missing"
    message: ClassVar[str] = N_("There is no file “%(name)s”. Check the name and the folder.")


class FileUnreadable(DonutError):
    """The system doesn't let us read the file."""

    code: ClassVar[str] = "file_unreadable"
    message: ClassVar[str] = N_(
        "“%(name)s” can't be read. Close it in other programs and check who may read it."
    )


class FileEmpty(DonutError):
    """The file, or the list in it, has no rows."""

    code: ClassVar[str] = "file_empty"
    message: ClassVar[str] = N_("“%(name)s” holds no graduates. Export the list again.")


class FileTooLarge(DonutError):
    """The file goes beyond what one import takes."""

    code: ClassVar[str] = "file_too_large"
    message: ClassVar[str] = N_(
        "“%(name)s” has %(size)s MB; at most %(limit)s MB are taken at once. Split the list into"
        " several files."
    )


class WebPage(DonutError):
    """A web page under a spreadsheet's name, as some student systems export."""

    code: ClassVar[str] = "web_page"
    message: ClassVar[str] = N_(
        "“%(name)s” is a web page under the name of a spreadsheet. Open it in Excel, save it as"
        " .xlsx or as CSV (UTF-8), and import that."
    )


@dataclass(frozen=True)
class Table:
    """The list in a file. `headings` are the header's cells as typed; `rows` can be read once.

    `row_count` is an estimate, for a progress bar. `encoding` is None for a workbook.
    `unread_sheets` names the workbook's other sheets that hold something, once all rows are read.
    """

    headings: list[str]
    columns: list[Column]
    rows: Iterator[Row]
    row_count: int
    encoding: str | None
    unread_sheets: list[str]


@dataclass(frozen=True)
class Sheets:
    """The sheets of a file, to be read one after the other; a text file is one sheet.

    `encoding` and `separator` are None for a workbook.
    """

    each: Iterator[Sheet]
    encoding: str | None = None
    separator: str | None = None


@contextmanager
def open_table(path: Path, *, mapping: Mapping[str, Meaning]) -> Iterator[Table]:
    """Yield the table of a file; `mapping` is heading → meaning, as the user says.

    Raises the refusals of this module, of `text_files`, `workbooks` and `columns`; those of
    `text_files` and `workbooks` also while rows are read.
    """
    with open_sheets(path, mapping=mapping) as sheets:
        yield _find_table(path, sheets.each, mapping, encoding=sheets.encoding)


@contextmanager
def open_sheets(path: Path, *, mapping: Mapping[str, Meaning]) -> Iterator[Sheets]:
    """Yield the sheets of a file. Raises the refusals of this module, `text_files`, `workbooks`."""
    if looks_like_workbook(_read_head(path)):
        with open_workbook(path) as each:
            yield Sheets(each)
        return
    layout = find_layout(path, score=partial(count_known, mapping=mapping))
    sheet = Sheet(path.name, layout.line_count, read_rows(path, layout))
    yield Sheets(iter([sheet]), layout.encoding, layout.separator)


def _read_head(path: Path) -> bytes:
    """Return the first bytes of a file that may be imported."""
    try:
        _check_file(path)
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except OSError:
        raise FileUnreadable(name=path.name) from None
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(WEB_PAGE_MARKS):
        raise WebPage(name=path.name)
    return head


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise FileMissing(name=path.name)
    size = path.stat().st_size
    if size == 0:
        raise FileEmpty(name=path.name)
    if size > LARGEST_FILE_BYTES:
        raise FileTooLarge(
            name=path.name, size=size // 1024**2, limit=LARGEST_FILE_BYTES // 1024**2
        )


def _find_table(
    path: Path,
    sheets: Iterator[Sheet],
    mapping: Mapping[str, Meaning],
    *,
    encoding: str | None = None,
) -> Table:
    """Return the first sheet's table that names a key column; else refuse by the fullest row."""
    candidates: list[list[str]] = []
    unread: list[str] = []
    for sheet in sheets:
        rows = (row for row in sheet.rows if any(cell.strip() for cell in row[1]))
        first = list(islice(rows, HEADER_WITHIN_ROWS))
        for position, (_, cells) in enumerate(first):
            if has_key(cells, mapping):
                columns = match_columns(cells, mapping)
                body = _refuse_none(chain(first[position + 1 :], rows), path)
                body = chain(body, _name_unread(sheets, unread))
                return Table(cells, columns, body, sheet.row_count, encoding, unread)
        unread.extend([sheet.name] if first else [])
        candidates.extend(cells for _, cells in first)
    if not candidates:
        raise FileEmpty(name=path.name)
    likeliest = max(candidates, key=lambda cells: (count_known(cells, mapping), len(cells)))
    match_columns(likeliest, mapping)
    raise NoKeyColumn(found=list_headings(likeliest))


def _name_unread(sheets: Iterator[Sheet], unread: list[str]) -> Iterator[Row]:
    """Yield no row; add the names of the sheets that hold any to `unread`."""
    unread.extend(sheet.name for sheet in sheets if sum(1 for _ in sheet.rows))
    yield from ()


def _refuse_none(rows: Iterator[Row], path: Path) -> Iterator[Row]:
    """Yield the rows. Raises FileEmpty when there are none."""
    first = next(rows, None)
    if first is None:
        raise FileEmpty(name=path.name)
    yield first
    yield from rows
