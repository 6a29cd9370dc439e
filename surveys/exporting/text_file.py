"""Responses as text that a Turkish Excel opens with a double click.

UTF-8 with its mark, semicolons, decimal commas, CRLF; no cell and no heading is run as a formula.
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from surveys.exporting.words import Shown
from surveys.roster.cells import escape
from surveys.roster.text_files import neutralise


def write_text(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Shown]]) -> int:
    """Write one table and return how many rows it has below its headings."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        writer.writerow([_write_cell(heading) for heading in headings])
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the last one is what is returned
            writer.writerow([_write_cell(cell) for cell in row])
    return count


def _write_cell(cell: Shown) -> str:
    if isinstance(cell, str):
        return neutralise(escape(cell))
    if isinstance(cell, float):
        return format(Decimal(str(cell)), "f").replace(".", ",")
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)
