"""The rows that were not taken in → a file that can be mended and imported again.

Reads the source a second time, so that an import need not keep its rows. Cells are written as
text: none becomes a formula. The last column says why, and is ignored when the file comes back.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import ClassVar

import xlsxwriter

from surveys.errors import N_, DonutError
from surveys.i18n import translate
from surveys.roster.cells import escape
from surveys.roster.fields import REASON_HEADING, REASON_HEADINGS, Field, normalise_heading
from surveys.roster.importing import Reject
from surveys.roster.tables import open_table
from surveys.roster.text_files import neutralise

SUFFIXES = (".xlsx", ".csv")
# What a cell of Excel holds; anything longer would be cut without a word.
LONGEST_CELL = 32_767


class RejectsFileRefused(DonutError):
    """The file of rejected rows can't be written where the user wants it."""

    code: ClassVar[str] = "rejects_file_refused"
    message: ClassVar[str] = N_(
        "The rejected rows can't be written to “%(name)s”. Name a file that ends in .xlsx or .csv,"
        " in a folder that exists, other than the list itself."
    )


def check_rejects_path(path: Path, *, source: Path) -> None:
    """Raise RejectsFileRefused before any work when `path` can't take the rejected rows."""
    is_writable = path.suffix.lower() in SUFFIXES and path.absolute().parent.is_dir()
    if not is_writable or path.is_dir() or path.resolve() == source.resolve():
        raise RejectsFileRefused(name=path.name)


def write_rejects(
    rejects: Iterable[Reject],
    *,
    source: Path,
    mapping: Mapping[str, Field],
    path: Path,
    language: str,
) -> None:
    """Write the rejected rows of `source`, with their reasons in `language`, to `path`.

    `rejects` are in the order of the file. Raises RejectsFileRefused when the system refuses.
    """
    reasons = {row: _explain(faults, language) for row, faults in groupby(rejects, _ROW)}
    try:
        with open_table(source, mapping=mapping) as table:
            kept = [
                index
                for index, heading in enumerate(table.headings)
                if normalise_heading(heading) not in REASON_HEADINGS
            ]
            header = [*_pick(table.headings, kept), translate(language, REASON_HEADING)]
            body = (
                [*_pick(cells, kept), reasons[number]]
                for number, cells in table.rows
                if number in reasons
            )
            _write(path, header, body)
    except OSError:
        raise RejectsFileRefused(name=path.name) from None


_ROW = attrgetter("row")


def _explain(faults: Iterable[Reject], language: str) -> str:
    """Return all that is wrong with one row: `E-posta: … · Mezuniyet Yılı: …`."""
    return " · ".join(
        f"{fault.column}: {translate(language, fault.reason.message, **fault.reason.params)}"
        for fault in faults
    )


def _pick(cells: Sequence[str], indices: Sequence[int]) -> list[str]:
    """Return these cells as text that every format takes."""
    padded = [*cells, *[""] * (len(indices) and indices[-1] + 1 - len(cells))]
    return [escape(padded[index]) for index in indices]


def _write(path: Path, header: Sequence[str], body: Iterator[Sequence[str]]) -> None:
    if path.suffix.lower() == ".csv":
        _write_text(path, header, body)
    else:
        _write_workbook(path, header, body)


def _write_text(path: Path, header: Sequence[str], body: Iterator[Sequence[str]]) -> None:
    """Write what a Turkish Excel opens with a double click: UTF-8 with its mark, semicolons."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(map(neutralise, header))
        writer.writerows(map(neutralise, row) for row in body)


def _write_workbook(path: Path, header: Sequence[str], body: Iterator[Sequence[str]]) -> None:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        # As text, so that Excel keeps leading zeros when somebody types into the cell.
        as_text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(header):
            sheet.write_string(0, column, heading, bold)
        for number, cells in enumerate(body, start=1):
            for column, cell in enumerate(cells):
                sheet.write_string(number, column, cell[:LONGEST_CELL], as_text)
