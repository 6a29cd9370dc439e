"""A survey with every type of question, responses to it, and files as other programs read them."""

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pyreadstat
from openpyxl.utils.escape import unescape
from sqlalchemy.orm import Session

from models import Response, Survey
from surveys.exporting.rows import Reading
from surveys.exporting.source import open_source
from surveys.exporting.words import Wording
from surveys.exporting.writing import Export
from surveys.roster.text_files import restore
from surveys.tokens import Keys
from tests.conftest import NOW
from tests.factories import make_document, make_invitation, make_survey
from tests.questions import make_fields

KEYS = Keys(link=[b"l" * 32], hash=[b"h" * 32])
EVERY_TYPE = [
    make_fields("job", "single_choice", other=True),
    make_fields("skills", "multiple_choice", other=True),
    make_fields("works", "yes_no"),
    make_fields("rating", "scale", show_if={"question": "works", "in": ["yes"]}),
    make_fields("prepared", "scale_group"),
    make_fields("nps", "nps"),
    make_fields("income", "number", decimals=2, min="0"),
    make_fields("since", "date"),
    make_fields("title", "short_text"),
    make_fields("comment", "long_text"),
    make_fields("thanks", "note"),
]
ANSWERS = {
    "job": "other",
    "job.other": "Çiftçi",
    "skills": ["a", "other"],
    "skills.other": "Ney",
    "works": "yes",
    "rating": 4,
    "prepared": {"one": 5},
    "nps": 9,
    "income": 1234.5,
    "since": "2024-02-29",
    "title": "Mühendis",
    "comment": "ışğ İŞĞ\n=2+3",
}


def make_section(questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"title": {"tr": "Genel", "en": "General"}, "questions": questions}]


def make_asked(session: Session, questions: list[dict[str, Any]] | None = None) -> Survey:
    return make_survey(
        session, document=make_document(sections=make_section(questions or EVERY_TYPE))
    )


def add_response(
    session: Session, survey: Survey, answers: dict[str, Any], **over: Any
) -> Response:
    invitation = make_invitation(session, survey=survey, started_at=NOW, responded_at=NOW)
    values = {
        "invitation_id": invitation.id,
        "survey_version_id": survey.versions[-1].id,
        "answers": answers,
        "language": "tr",
        "notice_version": "1",
        "submitted_at": NOW,
        "updated_at": NOW,
        **over,
    }
    response = Response(**values)
    session.add(response)
    session.flush()
    return response


def make_export(
    survey: Survey, *, wording: Wording = Wording.CODES, keeps_personal_data: bool = False
) -> Export:
    reading = Reading(KEYS, "tr", keeps_personal_data)
    return Export(open_source(survey), reading, wording, NOW)


def read_text(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file as a Turkish Excel takes them, apostrophes put aside."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        headings, *rows = csv.reader(stream, delimiter=";", strict=True)
    return [dict(zip(headings, map(restore, row), strict=True)) for row in rows]


def read_sheet(path: Path, number: int = 0) -> list[dict[str, Any]]:
    book = openpyxl.load_workbook(path)
    headings, *rows = book.worksheets[number].iter_rows(values_only=True)
    return [dict(zip(map(str, headings), map(_unescape, row), strict=True)) for row in rows]


def _unescape(cell: Any) -> Any:
    """Undo what Excel undoes and openpyxl leaves: `_x005F_` for an underscore."""
    return unescape(cell) if isinstance(cell, str) else cell


def read_statistics(path: Path, **options: Any) -> tuple[list[dict[str, Any]], Any]:
    frame, about = pyreadstat.read_sav(path, **options)
    return frame.to_dict("records"), about
