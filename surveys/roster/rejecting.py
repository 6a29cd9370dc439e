"""The rows that were not taken in → a file that can be mended and imported again.

Reads the source a second time, so that an import need not keep its rows. Cells are written as
text: none becomes a formula. The last column says why, and is ignored when the file comes back.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from surveys.errors import N_, DonutError
from surveys.i18n import translate
from surveys.roster.cells import escape
from surveys.roster.fields import REASON_HEADING, REASON_HEADINGS, Meaning, normalise_heading
from surveys.roster.running import DUPLICATE, Reject
from surveys.roster.tables import open_table
from surveys.roster.text_files import Row, neutralise

SUFFIXES = (".xlsx", ".csv")
# What a cell of Excel holds; anything longer would be cut without a word.
LONGEST_CELL = 32_767
TWIN = N_("This row was taken in; another one has its key and says something else. Keep one.")


class RejectsFileRefused(DonutError):
    """The file of rejected rows can't be written where the user wants it."""

    code: ClassVar[str] = "rejects_file_refused"
    message: ClassVar[str] = N_(
        "The rejected rows can't be written to “%(name)s”. Name a file that ends in .xlsx or .csv,"
        " in a folder where you may write, other than the list itself."
    )


class RejectsNotWritten(DonutError):
    """The system refused the file of rejected rows after the import itself was done."""

    code: ClassVar[str] = "rejects_not_written"
    message: ClassVar[str] = N_(
        "The rejected rows could not be written to “%(name)s”; what was taken in stays. Look for"
        " room on the disk and import the same list again: nobody is taken in twice."
    )


def check_rejects_path(path: Path, *, source: Path) -> None:
    """Raise RejectsFileRefused before any work when `path` can't take the rejected rows."""
    is_free = path.suffix.lower() in SUFFIXES and not path.is_dir()
    if not is_free or path.resolve() == source.resolve():
        raise RejectsFileRefused(name=path.name)
    try:
        with _spare(path), suppress(FileNotFoundError), path.open("r+b"):
            pass
    except OSError:
        raise RejectsFileRefused(name=path.name) from None


def write_rejects(
    rejects: Sequence[Reject],
    *,
    source: Path,
    mapping: Mapping[str, Meaning],
    path: Path,
    language: str,
) -> None:
    """Write the rejected rows of `source`, with their reasons in `language`, to `path`.

    `rejects` are in the order of the file. The row that took the key of a rejected one is
    written too: alone, the other would come back as a change to that person. Raises
    RejectsNotWritten.
    """
    try:
        with open_table(source, mapping=mapping) as table, _spare(path) as spare:
            kept = [
                index
                for index, heading in enumerate(table.headings)
                if normalise_heading(heading) not in REASON_HEADINGS
            ]
            header = [*_pick(table.headings, kept), translate(language, REASON_HEADING)]
            explained = _explain_rows(table.rows, rejects, language)
            _write(spare, header, ([*_pick(cells, kept), why] for cells, why in explained))
            spare.replace(path)
    except (OSError, XlsxWriterException, DonutError):
        raise RejectsNotWritten(name=path.name) from None


@contextmanager
def _spare(path: Path) -> Iterator[Path]:
    """Yield a place beside `path` to write to, so that no half of a file ever stands there."""
    with TemporaryDirectory(dir=path.absolute().parent, prefix=".") as folder:
        yield Path(folder) / path.name


def _explain_rows(
    rows: Iterable[Row], rejects: Sequence[Reject], language: str
) -> Iterator[tuple[list[str], str]]:
    """Yield (cells, why) of every row that is to be written."""
    twins = {r.reason.params["row"] for r in rejects if r.reason.code == DUPLICATE}
    groups = groupby(rejects, attrgetter("row"))
    faulty = next(groups, None)
    for number, cells in rows:
        why = [translate(language, TWIN)] if number in twins else []
        if faulty and faulty[0] == number:
            why.extend(_explain(fault, language) for fault in faulty[1])
            faulty = next(groups, None)
        if why:
            yield cells, " · ".join(why)


def _explain(fault: Reject, language: str) -> str:
    """Return what is wrong with a cell: `E-posta: …`."""
    sentence = fault.reason.explain(language)
    return f"{fault.column}: {sentence}" if fault.column else sentence


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
