"""Exporting 100,000 responses: rows a second of each format against plain csv, and peak memory.

Each measurement is a process of its own, over one SQLite file: `python -m bench.exporting`. The
baseline writes the same responses with the csv module alone, one JSON text a row.
"""

import csv
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app import create_app
from models import Alumnus, Invitation, Response, Survey
from surveys.building.drafts import save_draft
from surveys.building.publishing import publish
from surveys.building.reading import read_definition
from surveys.environment import read_settings
from surveys.exporting.rows import Reading
from surveys.exporting.source import open_source
from surveys.exporting.words import Wording
from surveys.exporting.writing import Export, Format, write_export
from surveys.extensions import reader, toolbox, transaction
from surveys.settings import ROOT

ROWS = 100_000
BATCH = 10_000
# A CSV or XLSX file is written row by row; an SPSS file's table stands in the child's memory.
LARGEST_PEAK_MB = {Format.CSV: 250, Format.XLSX: 250, Format.SAV: 500}
DEMO_SURVEY = ROOT / "demo" / "data" / "mezun-izleme.yaml"
ANSWERS = {
    "nps": 9,
    "satisfaction": 4,
    "emp_status": "full_time",
    "sector": "other",
    "sector.other": "Vakıf",
    "field_match": 5,
    "job_city": "İstanbul",
    "skills": {"field": 5, "language": 2},
    "missing_skills": ["internship", "career"],
    "events_attended": 3,
    "alumni_system": "yes",
    "event_date": "2026-03-15",
    "comment": "Kariyer günleri çok yararlıydı; teşekkürler. Daha çok staj olsun.",
}


def main() -> None:
    """Measure each format and the baseline, and print a table."""
    print(f"Export of {ROWS:,} responses (SQLite) against writing them with csv alone")
    print(f"{'format':>8} {'rows/s':>9} {'csv alone/s':>12} {'÷':>6} {'peak MB':>8}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _measure(fill, folder)
        count, alone, _ = _measure(write_alone, folder)
        for format_ in Format:
            rows, seconds, peak_mb = _measure(partial(export, format_=format_), folder)
            assert rows == count
            limit = LARGEST_PEAK_MB[format_]
            verdict = "" if peak_mb < limit else f"  over the limit of {limit} MB"
            print(
                f"{format_:>8} {rows / seconds:>9,.0f} {count / alone:>12,.0f}"
                f" {seconds / alone:>6.1f} {peak_mb:>8.0f}{verdict}"
            )


def fill(folder: Path) -> tuple[int, float]:
    """Make the database: one launched survey with a response of everybody."""
    start = time.perf_counter()
    with _open(folder).app_context():
        upgrade()
        now = toolbox().clock.now()
        with transaction() as session:
            survey = _launch(session, now)
            for first in range(0, ROWS, BATCH):
                _add_responses(session, survey, range(first + 1, first + BATCH + 1), now)
    return ROWS, time.perf_counter() - start


def write_alone(folder: Path) -> tuple[int, float]:
    """Write every response as one JSON text a row."""
    with _open(folder).app_context():
        start = time.perf_counter()
        with (folder / "alone.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            count = 0
            for row in _read_all(reader()):
                writer.writerow([row[0], json.dumps(row[1], ensure_ascii=False)])
                count += 1
        return count, time.perf_counter() - start


def export(folder: Path, *, format_: Format) -> tuple[int, float]:
    """Write one export."""
    with _open(folder).app_context():
        session, tools = reader(), toolbox()
        start = time.perf_counter()
        survey = session.scalars(select(Survey)).one()
        reading = Reading(tools.keys, "tr")
        wished = Export(open_source(survey), reading, Wording.WORDS, tools.clock.now())
        count = write_export(session, wished, format=format_, path=folder / f"out.{format_}")
        return count, time.perf_counter() - start


def _open(folder: Path) -> Flask:
    settings = read_settings(
        {
            "DONUT_DATABASE_URL": f"sqlite:///{folder / 'export'}.db",
            "DONUT_SECRET_KEY": "only for this benchmark, on no server",
            "DONUT_BASE_URL": "http://127.0.0.1:8000",
            "DONUT_LOG_LEVEL": "WARNING",
        }
    )
    return create_app(settings)


def _launch(session: Session, now: datetime) -> Survey:
    text = DEMO_SURVEY.read_text(encoding="utf-8")
    definition = read_definition(text, filename=DEMO_SURVEY.name)
    survey = save_draft(session, definition=definition, is_demo=False, now=now)
    publish(session, survey=survey, now=now)
    survey.launched_at = now
    session.flush()
    return survey


def _add_responses(session: Session, survey: Survey, numbers: range, now: datetime) -> None:
    version_id = survey.versions[-1].id
    people = [
        {"id": n, "external_id": f"{n:010}", "email": f"{n}@example.com", "attributes": {}}
        | {"registered_at": now, "updated_at": now}
        for n in numbers
    ]
    shared = {"survey_id": survey.id, "survey_version_id": version_id, "created_at": now}
    asked = {"unit": "Mühendislik Fakültesi", "graduation_year": 2024, "responded_at": now}
    invitations = [
        {"id": n, "alumnus_id": n, "public_id": f"{n:016x}", "started_at": now, **shared, **asked}
        for n in numbers
    ]
    said: dict[str, Any] = {"survey_version_id": version_id, "answers": ANSWERS, "language": "tr"}
    dated = {"notice_version": "1", "submitted_at": now, "updated_at": now}
    responses = [{"invitation_id": n, **said, **dated} for n in numbers]
    session.execute(insert(Alumnus), people)
    session.execute(insert(Invitation), invitations)
    session.execute(insert(Response), responses)


def _read_all(session: Session) -> Iterator[Any]:
    rows = select(Response.id, Response.answers).execution_options(yield_per=BATCH)
    yield from session.execute(rows)


def _measure(work: Callable[[Path], tuple[int, float]], folder: Path) -> tuple[int, float, float]:
    """Return what `work` measured in a fresh process, and the peak in MB of it or its child."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_with_peak, work, folder).result()


def _with_peak(work: Callable[[Path], tuple[int, float]], folder: Path) -> tuple[int, float, float]:
    count, seconds = work(folder)
    peaks = [
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return count, seconds, max(peaks) / 1024


if __name__ == "__main__":
    main()
