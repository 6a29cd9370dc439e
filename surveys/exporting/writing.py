"""The responses of a survey → one file of the wished format, with its codebook."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from shutil import copyfileobj
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy.orm import Session

from surveys.errors import N_
from surveys.exporting.codebook import iterate_codebook, list_headings
from surveys.exporting.rows import Reading, iterate_rows
from surveys.exporting.source import Source
from surveys.exporting.statistics_file import write_statistics
from surveys.exporting.text_file import write_text
from surveys.exporting.words import Shown, Wording, heading_of, show_cell, words_by_code
from surveys.exporting.workbook import TEXT_WIDTH, Workbook
from surveys.i18n import format_instant, pick_text, translate

ROWS_SHEET, CODEBOOK_SHEET, ABOUT_SHEET = N_("Answers"), N_("Codebook"), N_("About this file")
_ABOUT = (N_("Survey"), N_("As at"), N_("Answers"), N_("Handling"))
HANDLING = N_(
    "Single answers are personal data, also without names: unit, programme and year together may"
    " tell who somebody is. Give the file to nobody who does not need it, and delete it afterwards."
)


class Format(StrEnum):
    """What can be written; the value is the ending of the file's name."""

    XLSX = "xlsx"
    CSV = "csv"
    SAV = "sav"


@dataclass(frozen=True)
class Export:
    """One export: of what, how it is read, and how it is worded (an SPSS file holds both)."""

    source: Source
    reading: Reading
    wording: Wording
    now: datetime

    @property
    def language(self) -> str:
        """The language of headings and labels."""
        return self.reading.language


def write_export(session: Session, export: Export, *, format: Format, path: Path) -> int:  # noqa: A002 - the word for it
    """Write the file and return how many responses are in it.

    A CSV file's codebook is written by `write_codebook`. Raises TooMuchForWorkbook and
    StatisticsFileNotWritten.
    """
    if format is Format.SAV:
        rows = iterate_rows(session, source=export.source, reading=export.reading)
        return write_statistics(path, source=export.source, rows=rows, language=export.language)
    if format is Format.CSV:
        return write_text(path, _headings(export), _show_rows(session, export))
    return _write_workbook(session, export, path)


def write_codebook(export: Export, *, path: Path) -> None:
    """Write the codebook as a CSV file of its own."""
    lines = iterate_codebook(export.source.columns, export.language)
    write_text(path, list_headings(export.language), lines)


def write_archive(session: Session, export: Export, *, path: Path, stem: str) -> int:
    """Write a ZIP of the CSV file and its codebook; return how many responses are in it."""
    table, codebook = path.with_suffix(".table"), path.with_suffix(".codebook")
    count = write_export(session, export, format=Format.CSV, path=table)
    write_codebook(export, path=codebook)
    stamp = export.now.timetuple()[:6]
    ending = translate(export.language, N_("codebook"))
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, file in ((f"{stem}.csv", table), (f"{stem}-{ending}.csv", codebook)):
            entry = ZipInfo(name, stamp)
            entry.compress_type = ZIP_DEFLATED
            with archive.open(entry, "w") as target, file.open("rb") as content:
                copyfileobj(content, target)
    return count


def _write_workbook(session: Session, export: Export, path: Path) -> int:
    language = export.language
    book = Workbook(path, language=language, now=export.now)
    try:
        rows = _show_rows(session, export)
        count = book.add_sheet(translate(language, ROWS_SHEET), _headings(export), rows)
        book.add_sheet(
            translate(language, CODEBOOK_SHEET),
            list_headings(language),
            iterate_codebook(export.source.columns, language),
        )
        book.add_sheet(
            translate(language, ABOUT_SHEET), ["", ""], _about(export, count), width=TEXT_WIDTH
        )
    finally:
        book.close()
    return count


def _headings(export: Export) -> list[str]:
    columns = export.source.columns
    return [heading_of(column, export.language, export.wording) for column in columns]


def _show_rows(session: Session, export: Export) -> Iterator[list[Shown]]:
    columns = export.source.columns
    words = [words_by_code(column, export.language, export.wording) for column in columns]
    for row in iterate_rows(session, source=export.source, reading=export.reading):
        yield [show_cell(cell, known) for cell, known in zip(row, words, strict=True)]


def _about(export: Export, count: int) -> list[tuple[Shown, Shown]]:
    language, source = export.language, export.source
    answers: tuple[Shown, ...] = (
        f"{pick_text(source.title, language)} ({source.code})",
        format_instant(export.now, language, source.zone),
        count,
        translate(language, HANDLING),
    )
    labels = [translate(language, label) for label in _ABOUT]
    return list(zip(labels, answers, strict=True))
