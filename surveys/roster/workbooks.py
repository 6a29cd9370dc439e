"""An Excel workbook (XLSX) → the rows of its sheets, read by a child process.

What kills the child (memory, processor time, a damaged file) reaches us as a refusal.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, ClassVar

from surveys.errors import N_, DonutError
from surveys.roster import workbook_child
from surveys.roster.text_files import Row

LARGEST_WORKBOOK_BYTES = 2 * 1024 * 1024
ZIP_MARK = b"PK\x03\x04"
OLD_EXCEL_MARK = b"\xd0\xcf\x11\xe0"


class WorkbookDamaged(DonutError):
    """The file calls itself a workbook and can't be read as one."""

    code: ClassVar[str] = "workbook_damaged"
    message: ClassVar[str] = N_(
        "“%(name)s” can't be read as an Excel workbook. Open it in Excel, save it as .xlsx or as"
        " CSV (UTF-8), and import that."
    )


class WorkbookOld(DonutError):
    """A workbook of the old kind, or one under a password: both look the same from outside."""

    code: ClassVar[str] = "workbook_old_or_protected"
    message: ClassVar[str] = N_(
        "“%(name)s” is an old Excel file (.xls) or has a password. Save it without a password as"
        " .xlsx or as CSV (UTF-8), and import that."
    )


class WorkbookTooLarge(DonutError):
    """The workbook goes beyond what is read from one."""

    code: ClassVar[str] = "workbook_too_large"
    message: ClassVar[str] = N_(
        "“%(name)s” is too large for a workbook: at most %(rows)s rows, %(columns)s columns and"
        " %(megabytes)s MB are read. Save the list as CSV (UTF-8), which may be larger, and import"
        " that."
    )


@dataclass(frozen=True)
class Sheet:
    """One visible sheet: its name, how many rows it has, and those that are not blank."""

    name: str
    row_count: int
    rows: Iterator[Row]


def looks_like_workbook(head: bytes) -> bool:
    """Tell by the first bytes whether a file is for this module, or for its refusals."""
    return head.startswith((ZIP_MARK, OLD_EXCEL_MARK))


@contextmanager
def open_workbook(path: Path) -> Iterator[Iterator[Sheet]]:
    """Yield the visible sheets, each to be read before the next.

    Raises WorkbookOld, WorkbookTooLarge, WorkbookDamaged, also while the rows are read.
    """
    with path.open("rb") as stream:
        if stream.read(len(OLD_EXCEL_MARK)) == OLD_EXCEL_MARK:
            raise WorkbookOld(name=path.name)
    if path.stat().st_size > LARGEST_WORKBOOK_BYTES:
        raise _too_large(path)
    command = [sys.executable, "-I", workbook_child.__file__, str(path)]
    with subprocess.Popen(  # noqa: S603 - our own script; the path is one argument, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="ascii",
    ) as child:
        try:
            assert child.stdout is not None  # noqa: S101 - for the type checker: PIPE makes it
            yield _read_sheets(child, child.stdout, path)
        finally:
            child.kill()


def _read_sheets(child: "subprocess.Popen[str]", lines: IO[str], path: Path) -> Iterator[Sheet]:
    for line in lines:
        answer = json.loads(line)
        if not isinstance(answer, dict):
            continue
        if "end" in answer:
            return
        if "refused" in answer:
            raise _refusal(answer["refused"], path)
        yield Sheet(answer["sheet"], answer["rows"], _read_rows(lines))
    # It ended without a word: killed for its memory or time, or a fault of the reader.
    raise _refusal("too_large" if child.wait() < 0 else "damaged", path)


def _read_rows(lines: IO[str]) -> Iterator[Row]:
    """Yield the rows up to the end of the sheet; an end without its mark is the caller's."""
    for line in lines:
        answer = json.loads(line)
        if answer is None:
            return
        yield answer[0], answer[1]


def _refusal(code: str, path: Path) -> DonutError:
    if code == "protected":
        return WorkbookOld(name=path.name)
    return WorkbookDamaged(name=path.name) if code == "damaged" else _too_large(path)


def _too_large(path: Path) -> WorkbookTooLarge:
    return WorkbookTooLarge(
        name=path.name,
        rows=workbook_child.MOST_ROWS,
        columns=workbook_child.MOST_COLUMNS,
        megabytes=LARGEST_WORKBOOK_BYTES // 1024**2,
    )
