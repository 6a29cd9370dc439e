"""A file out of a browser → a look at it: how it was read, its headings, its first rows.

The content comes as bytes, since any process may go on with it. Refuses what can't be read, and
columns of T.C. identity numbers before anything of the file is kept.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import chain, islice
from pathlib import Path, PurePosixPath, PureWindowsPath
from tempfile import TemporaryDirectory
from typing import ClassVar

from models import Document
from surveys.errors import N_, DonutError
from surveys.roster.cells import FORBIDDEN, show
from surveys.roster.columns import (
    Column,
    count_known,
    find_fields,
    refuse_identity_headings,
)
from surveys.roster.fields import Field, Meaning
from surveys.roster.identity_numbers import IdentityWatch
from surveys.roster.tables import (
    HEADER_WITHIN_ROWS,
    FileEmpty,
    FileTooLarge,
    Sheets,
    Table,
    open_sheets,
    open_table,
)
from surveys.roster.text_files import Row

# Below what the command line takes: a dry run of so many rows must end within one request.
LARGEST_UPLOAD_BYTES = 25 * 1024 * 1024
SHOWN_ROWS = 5
LONGEST_NAME = 80
NO_MAPPING: Mapping[str, Meaning] = {}


class FileNotChosen(DonutError):
    """The form came without a file."""

    code: ClassVar[str] = "file_not_chosen"
    message: ClassVar[str] = N_("Choose the file with your graduates first.")


@dataclass(frozen=True)
class Sample:
    """What staff see of a file before they say what its columns are.

    `meanings` holds, for each heading, the field that it means by itself, or None. `sheet` is None
    for a text file, `encoding` and `separator` for a workbook. `row_count` leaves out the header.
    """

    headings: list[str]
    meanings: list[str | None]
    rows: list[list[str]]
    row_count: int
    sheet: str | None
    encoding: str | None
    separator: str | None

    def as_document(self) -> Document:
        """Return the sample as it is stored."""
        return asdict(self)


def clean_filename(name: str) -> str:
    """Return the name of an uploaded file without folders and odd characters, at most 80 long."""
    base = PurePosixPath(PureWindowsPath(FORBIDDEN.sub("", name)).name).name
    suffix = PurePosixPath(base).suffix
    base = base.lstrip(".")
    return base if len(base) <= LONGEST_NAME else base[: LONGEST_NAME - len(suffix)] + suffix


def read_sample(content: bytes, *, filename: str) -> Sample:
    """Return a look at a file; reads all of it.

    Raises FileNotChosen, the refusals of `tables`, `text_files` and `workbooks`, and
    IdentityNumberColumn.
    """
    if not filename:
        raise FileNotChosen
    if len(content) > LARGEST_UPLOAD_BYTES:
        megabyte = 1024**2
        size, limit = len(content) // megabyte, LARGEST_UPLOAD_BYTES // megabyte
        raise FileTooLarge(name=filename, size=size, limit=limit)
    with _as_path(content, filename) as path, open_sheets(path, mapping=NO_MAPPING) as sheets:
        return _read(path, sheets)


@contextmanager
def open_content(
    content: bytes, *, filename: str, mapping: Mapping[str, Meaning]
) -> Iterator[tuple[Path, Table]]:
    """Yield where an uploaded file stands for the moment, and its table. Raises as `open_table`."""
    with _as_path(content, filename) as path, open_table(path, mapping=mapping) as table:
        yield path, table


@contextmanager
def _as_path(content: bytes, filename: str) -> Iterator[Path]:
    with TemporaryDirectory(prefix="donut-") as folder:
        path = Path(folder) / filename
        path.write_bytes(content)
        yield path


def _read(path: Path, sheets: Sheets) -> Sample:
    """Take the first sheet that names a key, else the one whose header is the likeliest."""
    best: tuple[int, int] = (-1, -1)
    found: Sample | None = None
    for sheet in sheets.each:
        rows = (row for row in sheet.rows if any(cell.strip() for cell in row[1]))
        first = list(islice(rows, HEADER_WITHIN_ROWS))
        if not first:
            continue
        position = _find_header(first)
        headings = first[position][1]
        has_key = Field.EXTERNAL_ID in find_fields(headings, NO_MAPPING).values()
        rank = count_known(headings, NO_MAPPING), len(headings)
        if has_key or rank > best:
            best = rank
            name = None if sheets.encoding else sheet.name
            found = _sample(headings, first[position + 1 :], rows, (name, sheets))
        if has_key:
            break
    if found is None or not found.row_count:
        raise FileEmpty(name=path.name)
    return found


def _find_header(first: list[Row]) -> int:
    """Return the first row that names a key, else the one with most headings that we know."""
    for position, (_, cells) in enumerate(first):
        if Field.EXTERNAL_ID in find_fields(cells, NO_MAPPING).values():
            return position
    ranks = [(count_known(cells, NO_MAPPING), len(cells)) for _, cells in first]
    return ranks.index(max(ranks))


def _sample(
    headings: list[str], first: list[Row], rest: Iterator[Row], source: tuple[str | None, Sheets]
) -> Sample:
    fields = find_fields(headings, NO_MAPPING)
    watch = IdentityWatch(_watched(headings, fields))
    count = 0
    for _, cells in chain(first, rest):
        watch.look(cells)
        count += 1
    watch.refuse(is_end=True)
    name, sheets = source
    return Sample(
        headings=[FORBIDDEN.sub(" ", heading).strip() for heading in headings],
        meanings=[fields[i].value if i in fields else None for i in range(len(headings))],
        rows=[[show(cell) for cell in cells[: len(headings)]] for _, cells in first[:SHOWN_ROWS]],
        row_count=count,
        sheet=name,
        encoding=sheets.encoding,
        separator=sheets.separator,
    )


def _watched(headings: list[str], fields: Mapping[int, Field]) -> list[Column]:
    """Return every column that could be taken in. Raises IdentityNumberColumn by the heading."""
    refuse_identity_headings(headings, fields)
    return [Column(index, text.strip(), fields.get(index)) for index, text in enumerate(headings)]
