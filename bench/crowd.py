"""Invented people at once for the benchmarks: invited, mailed, a quarter of them done."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any, TypeVar

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models import Alumnus, Beat, Invitation, Mailing, Message, Response, Survey
from surveys.building.drafts import save_draft
from surveys.building.publishing import publish
from surveys.building.reading import read_definition
from surveys.i18n import fold, sort_key
from surveys.indicators.loading import read_indicator, save_indicator
from surveys.settings import ROOT

Item = TypeVar("Item")

DATA = ROOT / "demo" / "data"
UNITS = 12
YEARS = range(2017, 2027)
SHARE = 4
CHUNK = 5_000
FIELD = timedelta(days=16)
ANSWERS: dict[str, Any] = {
    "nps": 9,
    "satisfaction": 4,
    "emp_status": "full_time",
    "sector": "private",
    "job_city": "İzmir",
    "skills": {"field": 5, "language": 2, "teamwork": 4, "digital": 3},
    "missing_skills": ["internship", "language"],
    "events_attended": 2,
    "alumni_system": "yes",
    "comment": "Mezun buluşmaları daha sık olsun.",
}


def fill(session: Session, *, people: int, now: datetime) -> str:
    """Register `people`, run the demo's survey among them for 16 days; return its code."""
    plan = (DATA / "PG3.3.5.yaml").read_text(encoding="utf-8")
    indicator = read_indicator(plan, filename="PG3.3.5.yaml")
    save_indicator(session, definition=indicator, is_demo=False, now=now)
    survey, version = _launch(session, now)
    rng = Random(2026)  # noqa: S311 - invented data
    for rows in _chunks(_people(people, rng, now)):
        session.execute(insert(Alumnus), rows)
    mailing = Mailing(
        survey_id=survey.id,
        position=1,
        kind="invitation",
        local_at="2026-11-23T10:00",
        timezone="Europe/Istanbul",
        due_at=survey.opens_at,
        subject={"tr": "Anket"},
        state="enqueued",
    )
    session.add(mailing)
    session.flush()
    for rows in _chunks(_cases(people, survey.id, version, rng, now)):
        session.execute(insert(Invitation), rows)
    sent = {"mailing_id": mailing.id, "state": "sent", "due_at": now, "expires_at": now}
    for ids in _chunks(range(1, people + 1)):
        rows = [{**sent, "invitation_id": number, "sent_at": now} for number in ids]
        session.execute(insert(Message), rows)
    for ids in _chunks(range(SHARE, people + 1, SHARE)):
        session.execute(insert(Response), [_response(number, version, now) for number in ids])
    session.add(Beat(name="send", at=now, by="bench", result={}))
    return survey.code


def _launch(session: Session, now: datetime) -> tuple[Survey, int]:
    text = (DATA / "mezun-izleme.yaml").read_text(encoding="utf-8")
    definition = read_definition(text, filename="mezun-izleme.yaml")
    survey = save_draft(session, definition=definition, is_demo=False, now=now)
    version = publish(session, survey=survey, now=now)
    survey.launched_at = survey.opens_at = now - FIELD
    survey.closes_at = now + FIELD
    return survey, version.id


def _place(number: int) -> dict[str, Any]:
    unit = number % UNITS
    return {
        "unit": f"Fakülte {unit}",
        "programme": f"Program {unit}.{number % 5}",
        "degree": "Lisans" if number % 3 else "Ön Lisans",
        "graduation_year": YEARS[number // UNITS % len(YEARS)],
    }


def _people(people: int, rng: Random, now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(people):
        given, family = f"Ayşe{rng.randrange(99)}", f"Yılmaz{rng.randrange(999)}"
        yield {
            **_place(number),
            "external_id": f"{number:07}",
            "given_name": given,
            "family_name": family,
            "email": f"{number}@example.com",
            "attributes": {},
            "registered_at": now - FIELD,
            "updated_at": now,
            "search_text": fold(f"{given} {family} {number:07}"),
            "sort_key": sort_key(f"{family} {given}"),
        }


def _cases(
    people: int, survey_id: int, version: int, rng: Random, now: datetime
) -> Iterator[dict[str, Any]]:
    opened = now - FIELD
    for number in range(people):
        is_done = (number + 1) % SHARE == 0
        at = min(now, opened + timedelta(days=rng.expovariate(0.35))) if is_done else None
        yield {
            **_place(number),
            "survey_id": survey_id,
            "survey_version_id": version,
            "alumnus_id": number + 1,
            "public_id": f"{number:016x}",
            "created_at": opened,
            "mail_state": "sent",
            "mailed_at": opened,
            "started_at": at,
            "responded_at": at,
            "answered_count": 9 if is_done else 0,
            "applicable_count": 10 if is_done else 0,
        }


def _response(number: int, version: int, now: datetime) -> dict[str, Any]:
    return {
        "invitation_id": number,
        "survey_version_id": version,
        "answers": ANSWERS,
        "language": "tr",
        "notice_version": "1",
        "submitted_at": now,
        "updated_at": now,
    }


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    left = iter(items)
    while chunk := list(islice(left, CHUNK)):
        yield chunk
