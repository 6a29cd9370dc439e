"""Responses for SPSS: labels stand in the file itself, gaps say why they are gaps.

A question left out and one that was not asked are both missing to SPSS, under codes of their own.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from surveys.errors import N_, DonutError
from surveys.exporting.cells import Cell, Gap
from surveys.exporting.columns import Column
from surveys.exporting.parts import Kind, Measure, Part
from surveys.exporting.source import Source
from surveys.exporting.words import label_of
from surveys.i18n import pick_text, translate
from surveys.roster.cells import escape

# Not imported: it loads pandas, which no server is to carry.
CHILD = Path(__file__).with_name("statistics_child.py")
# Bytes of UTF-8 that SPSS holds. Source: IBM SPSS Statistics, system limits.
LONGEST_TEXT, LONGEST_LABEL, LONGEST_VALUE_LABEL, LONGEST_TITLE = 32_767, 255, 120, 64
GAP_NUMBERS = {Gap.NOT_ASKED: -9998, Gap.UNANSWERED: -9999}
_GAP_WORDS = {Gap.NOT_ASKED: N_("not asked"), Gap.UNANSWERED: N_("no answer")}
_CUT = N_("… [cut here: SPSS holds no more. The CSV file has the whole text.]")
_NOTES = (
    N_("-9998: not asked. -9999: asked, no answer. Both are missing values."),
    N_("1: chosen, 0: not chosen, in the columns of a question with several answers."),
)
_FORMATS = {
    Kind.CODED: "F8.0",
    Kind.FLAG: "F8.0",
    Kind.WHOLE: "F8.0",
    Kind.DECIMAL: "F12.6",
    Kind.DAY: "DATE11",
}


class StatisticsFileNotWritten(DonutError):
    """The process that writes SPSS files ended with a fault."""

    code = "statistics_file_not_written"
    status = 503
    message = N_("The SPSS file could not be written. Choose XLSX or CSV, and tell the operator.")


def write_statistics(
    path: Path, *, source: Source, rows: Iterable[list[Cell]], language: str
) -> int:
    """Write the `.sav` file and return how many rows it has. Raises StatisticsFileNotWritten."""
    with TemporaryDirectory(prefix="donut-") as folder:
        rows_path = Path(folder) / "rows.jsonl"
        count = _write_lines(rows_path, source, rows, language)
        done = subprocess.run(  # noqa: S603 - our own script, two paths, no shell
            [sys.executable, "-I", str(CHILD), str(rows_path), str(path)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    if done.returncode:
        raise StatisticsFileNotWritten
    return count


def _write_lines(path: Path, source: Source, rows: Iterable[list[Cell]], language: str) -> int:
    plain = [_Plain(column, language) for column in source.columns]
    count = 0
    with path.open("w", encoding="utf-8") as stream:
        stream.write(json.dumps(_describe(source, language)) + "\n")
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the last one is returned
            cells = [how.write(cell) for how, cell in zip(plain, row, strict=True)]
            stream.write(json.dumps(cells) + "\n")
    return count


class _Plain:
    """How the cells of one column become JSON: numbers and texts."""

    def __init__(self, column: Column, language: str) -> None:
        self._is_text = column.kind is Kind.TEXT
        self._has_gaps = has_gap_numbers(column)
        self._numbers = {choice.code: choice.number for choice in column.choices}
        self._cut = translate(language, _CUT)

    def write(self, cell: Cell) -> str | float | None:
        if cell is None or isinstance(cell, Gap):
            return GAP_NUMBERS[cell] if cell and self._has_gaps else None
        if isinstance(cell, date):
            return cell.isoformat()
        if isinstance(cell, str) and self._is_text:
            return cut_bytes(escape(cell), LONGEST_TEXT, notice=self._cut)
        return self._numbers[cell] if isinstance(cell, str) else cell


def has_gap_numbers(column: Column) -> bool:
    """Tell whether the numbers that stand for gaps can't be answers of this column."""
    if not isinstance(column.source, Part) or column.kind in {Kind.TEXT, Kind.DAY}:
        return False
    lowest = column.source.question.min
    is_open = column.measure is Measure.SCALE
    return not is_open or (lowest is not None and Decimal(lowest) > max(GAP_NUMBERS.values()))


def cut_bytes(text: str, limit: int, *, notice: str = "…") -> str:
    """Return `text` within `limit` bytes of UTF-8, ending in `notice` where it was cut."""
    written = text.encode()
    if len(written) <= limit:
        return text
    return written[: limit - len(notice.encode())].decode(errors="ignore") + notice


def _describe(source: Source, language: str) -> dict[str, Any]:
    """Return what the child is told of the columns."""
    columns = source.columns
    gaps = sorted(GAP_NUMBERS.values())
    return {
        "title": _fit(pick_text(source.title, language), LONGEST_TITLE),
        "notes": [translate(language, note) for note in _NOTES],
        "names": [column.name for column in columns],
        "kinds": [column.kind for column in columns],
        "labels": {
            c.name: cut_bytes(escape(label_of(c, language)), LONGEST_LABEL) for c in columns
        },
        "values": {c.name: labels for c in columns if (labels := _values(c, language))},
        "missing": {column.name: gaps for column in columns if has_gap_numbers(column)},
        "measures": {column.name: column.measure for column in columns},
        "formats": {c.name: _FORMATS[c.kind] for c in columns if c.kind in _FORMATS},
    }


def _values(column: Column, language: str) -> Mapping[int, str]:
    words = {choice.number: pick_text(choice.text, language) for choice in column.choices}
    if has_gap_numbers(column):
        words |= {GAP_NUMBERS[gap]: translate(language, _GAP_WORDS[gap]) for gap in Gap}
    return {number: _fit(text, LONGEST_VALUE_LABEL) for number, text in words.items()}


def _fit(label: str, limit: int) -> str:
    return cut_bytes(escape(label), limit)
