"""Responses as a workbook: the rows, the codebook, and what one must know about the file.

Written row by row in constant memory. Texts stay texts: none becomes a formula or a link.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from surveys.errors import N_, DonutError
from surveys.exporting.words import Shown
from surveys.i18n import translate
from surveys.roster.cells import escape

LONGEST_CELL = 32_767
MOST_ROWS = 1_048_575
MOST_COLUMNS = 16_384
NAME_WIDTH, TEXT_WIDTH = 18, 45
_CUT = N_("… [cut here: a cell of Excel holds no more. The CSV file has the whole text.]")


class TooMuchForWorkbook(DonutError):
    """Excel has an end, to the right and below."""

    code = "too_much_for_workbook"
    status = 409
    message = N_("This is more than Excel holds in a sheet. Choose CSV.")


class Workbook:
    """One workbook being written, sheet after sheet; `cut_count` cells had to be shortened."""

    def __init__(self, path: Path, *, language: str, now: datetime) -> None:
        self._language = language
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
        self._book.set_properties({"created": now.astimezone(UTC).replace(tzinfo=None)})
        self._bold = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._as_text = self._book.add_format({"num_format": "@"})
        self._as_day = self._book.add_format({"num_format": "dd.mm.yyyy"})
        self.cut_count = 0

    def add_sheet(
        self,
        name: str,
        headings: Sequence[str],
        rows: Iterable[Sequence[Shown]],
        *,
        width: int = NAME_WIDTH,
    ) -> int:
        """Write one sheet and return how many rows it has below its headings.

        Raises TooMuchForWorkbook.
        """
        if len(headings) > MOST_COLUMNS:
            raise TooMuchForWorkbook
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(headings) - 1, width)
        for index, heading in enumerate(headings):
            sheet.write_string(0, index, self._fit(heading), self._bold)
        count = 0
        for count, row in enumerate(rows, start=1):
            if count > MOST_ROWS:
                raise TooMuchForWorkbook
            for index, cell in enumerate(row):
                self._write(sheet, count, index, cell)
        return count

    def close(self) -> None:
        """Finish the file."""
        self._book.close()

    def _write(self, sheet: Any, row: int, column: int, cell: Shown) -> None:
        if isinstance(cell, str):
            sheet.write_string(row, column, self._fit(cell), self._as_text)
        elif isinstance(cell, date):
            at_midnight = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - a day, no instant
            sheet.write_datetime(row, column, at_midnight, self._as_day)
        elif cell is not None:
            sheet.write_number(row, column, cell)

    def _fit(self, text: str) -> str:
        """Return `text` as a cell can hold it; what is cut off is told in its place."""
        written = escape(text)
        if len(written) <= LONGEST_CELL:
            return written
        self.cut_count += 1
        notice = translate(self._language, _CUT)
        return written[: LONGEST_CELL - len(notice)] + notice
