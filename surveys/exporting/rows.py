"""The responses of a survey, a row each, brought from the database in batches.

Rows stand in the order of their made-up keys: neither the order nor a time of day tells, beside
the roster's pages, whose row it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from models import Invitation, Response
from surveys.exporting.cells import Cell, read_cell
from surveys.exporting.columns import Column, Fact
from surveys.exporting.parts import Part
from surveys.exporting.personal_data import look
from surveys.exporting.source import Source, Version
from surveys.tokens import Keys, make_pseudonym

BATCH = 1_000
PSEUDONYM_LABEL = "response"


@dataclass(frozen=True)
class Reading:
    """How rows are read: in which language marks are set, and whether what they hide is kept."""

    keys: Keys
    language: str
    keeps_personal_data: bool = False


def iterate_rows(session: Session, *, source: Source, reading: Reading) -> Iterator[list[Cell]]:
    """Yield the cells of each response, one a column of `source`."""
    named = sorted(
        (make_pseudonym(reading.keys.hash[0], label=PSEUDONYM_LABEL, public_id=public_id), row_id)
        for row_id, public_id in session.execute(_select_keys(source.survey_id))
    )
    for start in range(0, len(named), BATCH):
        batch = named[start : start + BATCH]
        rows = session.execute(_select_rows([row_id for _, row_id in batch]))
        by_id = {row.id: row for row in rows}
        for pseudonym, row_id in batch:
            if row_id in by_id:
                yield _read_row(by_id[row_id], pseudonym, source, reading)


def _select_keys(survey_id: int) -> Select[int, str]:
    return (
        select(Response.id, Invitation.public_id)
        .join(Response.invitation)
        .where(Invitation.survey_id == survey_id)
    )


def _select_rows(row_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Response.id,
            Response.answers,
            Response.language,
            Response.submitted_at,
            Response.survey_version_id,
            Invitation.unit,
            Invitation.programme,
            Invitation.degree,
            Invitation.graduation_year,
        )
        .join(Response.invitation)
        .where(Response.id.in_(row_ids))
    )


def _read_row(
    row: Row[*tuple[Any, ...]], pseudonym: str, source: Source, reading: Reading
) -> list[Cell]:
    version = source.versions[row.survey_version_id]
    facts: dict[Fact, Cell] = {
        Fact.RESPONSE_ID: pseudonym,
        Fact.SUBMITTED_ON: row.submitted_at.astimezone(source.zone).date(),
        Fact.VERSION: version.number,
        Fact.LANGUAGE: row.language,
        Fact.UNIT: row.unit,
        Fact.PROGRAMME: row.programme,
        Fact.DEGREE: row.degree,
        Fact.GRADUATION_YEAR: row.graduation_year,
    }
    answered, found = _read_answers(row.answers, version, source.columns, reading)
    facts[Fact.PERSONAL_DATA] = " ".join(found)
    return [*(facts[fact] for fact in Fact), *answered]


def _read_answers(
    answers: dict[str, Any], version: Version, columns: Sequence[Column], reading: Reading
) -> tuple[list[Cell], list[str]]:
    """Return the cells of all questions, and the names of those that hold personal data."""
    cells: list[Cell] = []
    found: list[str] = []
    for column in columns:
        if not isinstance(column.source, Part):
            continue
        cell = read_cell(column, column.source, answers=answers, version=version)
        if column.is_written and isinstance(cell, str):
            asked_for = column.source.question.format
            looked = look(cell, language=reading.language, asked_for=asked_for)
            if looked.has_found:
                found.append(column.name)
                cell = cell if reading.keeps_personal_data else looked.masked
        cells.append(cell)
    return cells, found
