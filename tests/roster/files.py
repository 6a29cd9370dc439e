"""Files as offices export them, and the import of one."""

from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Alumnus
from surveys.roster.fields import Field
from surveys.roster.importing import import_roster
from surveys.roster.running import ImportResult
from surveys.roster.tables import open_table
from surveys.tokens import Keys
from tests.conftest import NOW

KEYS = Keys(link=[b"l" * 32], hash=[b"h" * 32])
DEMO_DATA = Path(__file__).parents[2] / "demo" / "data"
HEADER = "Öğrenci No;Ad;Soyad;E-posta;Mezuniyet Yılı"
GOOD_ROW = "2020100001;Ayşe;Yılmaz;ayse@example.com;2024"


def write_text(folder: Path, *lines: str, encoding: str = "utf-8", name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode(encoding))
    return path


def write_book(folder: Path, rows: list[list[Any]], *, sheet: str = "Liste") -> Path:
    path = folder / "list.xlsx"
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd.mm.yyyy"}) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return path


def take(
    session: Session, path: Path, *, mapping: dict[str, Field] | None = None, **over: Any
) -> ImportResult:
    """Import a file as the edge does, without its commit."""
    with open_table(path, mapping=mapping or {}) as table:
        return import_roster(session, **{"table": table, "keys": KEYS, "now": NOW, **over})


def take_lines(session: Session, folder: Path, *lines: str, **over: Any) -> ImportResult:
    return take(session, write_text(folder, *lines), **over)


def list_people(session: Session) -> list[Alumnus]:
    query = select(Alumnus).order_by(Alumnus.external_id).execution_options(populate_existing=True)
    return list(session.scalars(query))


def count_outcomes(result: ImportResult) -> tuple[int, int, int, int]:
    return result.created, result.updated, result.unchanged, result.rejected


def list_codes(result: ImportResult) -> list[tuple[int, str, bool]]:
    return [(reject.row, reject.reason.code, reject.is_kept) for reject in result.rejects]
