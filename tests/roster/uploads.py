"""Uploaded lists on their way into the roster."""

from sqlalchemy.orm import Session

from models import RosterImport
from surveys.roster.importing import import_roster
from surveys.roster.imports import (
    Upload,
    choose_columns,
    describe,
    queue_import,
    read_mapping,
    stage_import,
)
from surveys.roster.uploads import open_content, read_sample
from tests.conftest import NOW
from tests.roster.files import GOOD_ROW, HEADER, KEYS


def make_list(count: int, *, first: int = 1) -> bytes:
    rows = [
        f"{number:06};Işıl;Çağrı {number};p{number}@example.com;2024"
        for number in range(first, first + count)
    ]
    return "\r\n".join([HEADER, *rows]).encode()


def stage(session: Session, content: bytes, *, filename: str = "liste.csv") -> RosterImport:
    upload = Upload(filename, content, read_sample(content, filename=filename))
    return stage_import(session, upload=upload, actor="staff:1", is_demo=False, now=NOW)


def stage_and_try(session: Session, content: bytes) -> RosterImport:
    """An upload whose columns are chosen as they mean by themselves, and tried out."""
    row = stage(session, content)
    mapping = read_mapping(row.mapping)
    with open_content(content, filename=row.filename, mapping=mapping) as (_, table):
        result = import_roster(session, table=table, keys=KEYS, now=NOW, is_dry_run=True)
    choose_columns(session, row=row, mapping=mapping, findings=describe(result))
    return row


def queue(session: Session, content: bytes) -> RosterImport:
    """A committed import that the scheduler can take."""
    row = stage_and_try(session, content)
    queue_import(session, row=row)
    session.commit()
    return row


ONE_PERSON = f"{HEADER}\r\n{GOOD_ROW}\r\n".encode()
