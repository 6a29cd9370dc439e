"""A text file of cells (CSV) → its rows, read as a stream.

Finds out the encoding (byte order mark, UTF-8, Windows-1254) and the separator. Refuses what is
no text, and never replaces a character that it can't read.
"""

import codecs
import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import ClassVar, TextIO

from surveys.errors import N_, DonutError

LARGEST_FILE_BYTES = 100 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024
SAMPLE_CHARACTERS = 64 * 1024
SAMPLE_ROWS = 50
LARGEST_CELL = 1024 * 1024
LONGEST_LINE = 1024 * 1024
SEPARATORS = ";,\t"
BINARY_PERCENT = 5

# Surrogates pass here and are refused in the cell where they stand, not with the whole file.
LENIENT = "surrogatepass"
_CONTROL = bytes({*range(32), 127} - set(b"\t\n\r\f"))
_FORMULA_LIKE = re.compile(r"[ \"']*[=+\-@\t\r\0＝＋－＠]")

Row = tuple[int, list[str]]


class NotText(DonutError):
    """The file holds something other than text."""

    code: ClassVar[str] = "not_text"
    message: ClassVar[str] = N_(
        "“%(name)s” is neither a text file nor an Excel workbook. Save the list as CSV (UTF-8) or"
        " as .xlsx and import that."
    )


class UnknownEncoding(DonutError):
    """The bytes are no text in any encoding that we know."""

    code: ClassVar[str] = "unknown_encoding"
    message: ClassVar[str] = N_(
        "“%(name)s” is written in an unknown encoding. Save it as CSV UTF-8 and import it again."
    )


class BrokenQuotes(DonutError):
    """A quotation mark is left open or stands inside a quoted cell."""

    code: ClassVar[str] = "broken_quotes"
    message: ClassVar[str] = N_(
        "The quotation marks near line %(line)s don't fit together. Mend that line, or save the"
        " list again from the spreadsheet."
    )


@dataclass(frozen=True)
class TextLayout:
    """How a text file is to be read; `line_count` is an estimate of its rows."""

    encoding: str
    separator: str
    line_count: int


def find_layout(path: Path, *, score: Callable[[Sequence[str]], int]) -> TextLayout:
    """Return encoding and separator; `score` says how much a row looks like our headings.

    Raises NotText, UnknownEncoding.
    """
    for encoding in _list_encodings(path):
        try:
            line_count = _count_lines(path, encoding)
        except UnicodeDecodeError:
            continue
        with path.open(encoding=encoding, errors=LENIENT, newline="") as stream:
            sample = stream.read(SAMPLE_CHARACTERS)
        return TextLayout(encoding, _find_separator(sample, score), line_count)
    raise UnknownEncoding(name=path.name)


def read_rows(path: Path, layout: TextLayout) -> Iterator[Row]:
    """Yield (row number as a spreadsheet counts, cells). Raises BrokenQuotes, NotText.

    An apostrophe that only keeps a formula from running is taken off again.
    """
    csv.field_size_limit(LARGEST_CELL)
    with path.open(encoding=layout.encoding, errors=LENIENT, newline="") as stream:
        lines = _read_lines(stream, path.name)
        reader = csv.reader(lines, delimiter=layout.separator, strict=True)
        try:
            for number, cells in enumerate(reader, start=1):
                yield number, [restore(c) if c[:1] == "'" else c for c in cells]
        except csv.Error:
            raise BrokenQuotes(line=reader.line_num) from None


def _read_lines(stream: TextIO, name: str) -> Iterator[str]:
    """Yield the lines; one without end would become millions of cells before anybody looks."""
    while line := stream.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise NotText(name=name)
        yield line


def neutralise(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula when it opens the CSV file."""
    return f"'{cell}" if _FORMULA_LIKE.match(cell) else cell


def restore(cell: str) -> str:
    """Return what `neutralise` was given."""
    return cell[1:] if cell[:1] == "'" and _FORMULA_LIKE.match(cell, 1) else cell


def _list_encodings(path: Path) -> Sequence[str]:
    """Return the encodings to try, in order."""
    with path.open("rb") as stream:
        head = stream.read(SAMPLE_CHARACTERS)
    if head.startswith(codecs.BOM_UTF8):
        return ["utf-8-sig"]
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise UnknownEncoding(name=path.name)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    control_count = len(head) - len(head.translate(None, _CONTROL))
    if head.startswith(b"%PDF-") or control_count * 100 > len(head) * BINARY_PERCENT:
        raise NotText(name=path.name)
    return ["utf-8", "cp1254"]


def _count_lines(path: Path, encoding: str) -> int:
    """Return the number of line feeds. Raises UnicodeDecodeError on the first wrong byte."""
    decoder = codecs.getincrementaldecoder(encoding)(LENIENT)
    count = 0
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            count += decoder.decode(chunk).count("\n")
    decoder.decode(b"", final=True)
    return count


def _find_separator(sample: str, score: Callable[[Sequence[str]], int]) -> str:
    """Return the separator under which some row has most known headings, else most cells."""
    return max(SEPARATORS, key=lambda separator: _rate_separator(sample, separator, score))


def _rate_separator(
    sample: str, separator: str, score: Callable[[Sequence[str]], int]
) -> tuple[int, int]:
    lines = sample.splitlines(keepends=True)
    rows = list(islice(csv.reader(lines, delimiter=separator), SAMPLE_ROWS))
    return max(map(score, rows), default=0), max(map(len, rows), default=0)
