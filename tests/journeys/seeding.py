"""An office in the middle of its year: a database in which every staff page has something to show.

People of several faculties and years, a survey that runs, others in every state, mails in every
state, uploads in every state, and what staff did. The same rows each time.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import (
    Alumnus,
    Beat,
    Role,
    Staff,
    SuppressionReason,
    Survey,
)
from surveys.accounts.passwords import hash_password
from surveys.accounts.people import add_staff
from surveys.audit import record
from surveys.building.starting import NewDraft, start_draft
from surveys.indicators.loading import read_indicator, save_indicator
from surveys.roster.suppression import suppress
from surveys.settings import ROOT
from surveys.tokens import Keys
from tests.conftest import NOW
from tests.factories import (
    make_invitation,
    make_mailing,
    make_survey,
)
from tests.journeys.seeding_keys import add_keys
from tests.journeys.seeding_returns import add_returns
from tests.journeys.seeding_running import FAMILY, GIVEN, UNITS, add_people, add_running
from tests.journeys.seeding_webhooks import add_receivers
from tests.people import read_reference_survey
from tests.roster.uploads import queue, stage, stage_and_try

PASSWORD = "dört yeşil bavul ağlıyor"
PLAN = ROOT / "demo" / "data" / "PG3.3.5.yaml"


NEXT_YEAR = {"tr": "Mezun İzleme Anketi 2027", "en": "Graduate Tracking Survey 2027"}
TITLES = {
    "mezun-izleme-2025": "Mezun İzleme Anketi 2025",
    "kariyer-gunu-2026": "Kariyer Günü Değerlendirmesi",
    "bulusma-2026": "Mezunlar Buluşması",
    "ucret-arastirmasi": "Ücret Araştırması",
}


@dataclass(frozen=True)
class Office:
    """What was made, for whoever looks at it."""

    admin: Staff
    running: Survey
    draft: Survey
    unfinished: Survey
    people: Sequence[Alumnus]
    receiver: str


def seed_office(session: Session, *, keys: Keys) -> Office:
    """Fill an empty database and commit."""
    chance = random.Random(2026)
    admin = _add_colleagues(session)
    definition = read_indicator(PLAN.read_text(encoding="utf-8"), filename=PLAN.name)
    save_indicator(session, definition=definition, is_demo=False, now=NOW)
    people = add_people(session, chance)
    running = add_running(session, people, chance)
    _add_other_surveys(session, people)
    office = Office(
        admin=admin,
        running=running,
        draft=_add_draft(session, NEXT_YEAR, template="core"),
        unfinished=_add_draft(session, {"tr": "Mezuniyet Töreni"}, template=None),
        people=people,
        receiver=add_receivers(session, keys=list(keys.data)),
    )
    add_returns(session, running)
    session.add(Beat(name="plan-mailings", at=NOW, by="office:1", result={}))
    _stop_some(session, people, keys)
    _add_uploads(session, people)
    _add_trail(session, office)
    add_keys(session, admin, unit=next(iter(UNITS)), keys=keys)
    session.commit()
    return office


def _add_colleagues(session: Session) -> Staff:
    rows = [
        ("zeynep.yilmaz@example.edu.tr", "Zeynep Yılmaz", Role.ADMIN),
        ("mert.aydin@example.edu.tr", "Mert Aydın", Role.EDITOR),
        ("elif.sonmez@example.edu.tr", "Elif Sönmez", Role.VIEWER),
        ("eski.calisan@example.edu.tr", "", Role.EDITOR),
    ]
    added = []
    for email, name, role in rows:
        person = add_staff(session, email=email, role=role, language="tr", now=NOW)
        person.name = name
        added.append(person)
    added[-1].disabled_at = NOW - timedelta(days=40)
    added[0].password_hash = hash_password(PASSWORD)
    return added[0]


def _add_other_surveys(session: Session, people: Sequence[Alumnus]) -> None:
    """One that is over, one that rests, one that has not begun, one whose mailing is held."""
    month = timedelta(days=30)
    cases: dict[str, dict[str, Any]] = {
        "mezun-izleme-2025": {"opens_at": NOW - 13 * month, "closes_at": NOW - 12 * month},
        "kariyer-gunu-2026": {"paused_at": NOW - timedelta(days=2)},
        "bulusma-2026": {"opens_at": NOW + timedelta(days=9)},
        "ucret-arastirmasi": {},
    }
    for number, (code, over) in enumerate(cases.items()):
        document = {**read_reference_survey(), "code": code, "title": {"tr": TITLES[code]}}
        survey = make_survey(session, document=document, year=2026 - (number == 0), **over)
        for person in people[: 30 + number]:
            make_invitation(session, survey=survey, alumnus=person)
        state = "held" if code == "ucret-arastirmasi" else "planned"
        make_mailing(session, survey=survey, position=1, state=state, due_at=survey.opens_at)


def _add_draft(session: Session, title: dict[str, str], *, template: str | None) -> Survey:
    new = NewDraft(title=title, template=template)
    return start_draft(session, new=new, actor="staff:1", now=NOW)


def _stop_some(session: Session, people: Sequence[Alumnus], keys: Keys) -> None:
    reasons = [SuppressionReason.UNSUBSCRIBED, SuppressionReason.STAFF]
    for number, person in enumerate(people[100:106]):
        suppress(session, alumnus=person, keys=keys, reason=reasons[number % 2], now=NOW)


def _list_this_year(people: Sequence[Alumnus]) -> bytes:
    """34 new people, 2 with another address, 3 as they were, 1 without a number."""
    unit, programmes = next(iter(UNITS.items()))
    rows = [
        (f"2022{number:05}", GIVEN[number % 10], FAMILY[number % 9], f"yeni{number}@example.com")
        for number in range(33)
    ]
    places = [(unit, programmes[number % 2], "2026") for number in range(33)]
    for person in people[:5]:
        address = f"yeni.{person.email}" if person in people[:2] else person.email
        rows.append((person.external_id, person.given_name, person.family_name, address or ""))
        year = str(person.graduation_year)
        places.append((person.unit or "", person.programme or "", year))
    rows += [("202200900", "Can", "Çelik", "yok"), ("", "Şule", "Ünal", "sule@example.com")]
    places += places[:2]
    lines = [";".join(row + place) for row, place in zip(rows, places, strict=True)]
    header = "Öğrenci No;Ad;Soyad;E-posta;Birim;Program;Mezuniyet Yılı"
    return "\r\n".join([header, *lines]).encode()


def _add_uploads(session: Session, people: Sequence[Alumnus]) -> None:
    """One upload in each state; the finished ones keep their counts."""
    content = _list_this_year(people)
    stage(session, content, filename="mezunlar-2026.csv")
    stage_and_try(session, content)
    queue(session, content)
    counts = {"read": 40, "created": 34, "updated": 2, "unchanged": 3, "rejected": 1}
    more = {"unmailable": 1}
    ended: dict[str, dict[str, Any]] = {
        "running": {"claimed_by": "one", "lease_until": NOW + timedelta(days=900)},
        "done": {"done_count": 40, "finished_at": NOW},
        "cancelled": {"done_count": 20, "finished_at": NOW},
        "failed": {
            "finished_at": NOW,
            "fault": {"code": "refused", "message": "This was refused.", "params": {}},
        },
    }
    for state, values in ended.items():
        row = queue(session, content)
        row.state, row.started_at, row.counts = state, NOW, {**counts, **more}
        row.done_count = 20
        for name, value in values.items():
            setattr(row, name, value)


def _add_trail(session: Session, office: Office) -> None:
    person = f"staff:{office.admin.id}"
    survey = f"survey:{office.running.code}"
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("roster.upload", "roster", {"rows": 140}),
        ("roster.import", "roster", {"created": 138, "updated": 0, "rejected": 2}),
        ("survey.launch", survey, {"invitations": 130}),
        ("survey.pause", survey, {}),
        ("survey.resume", survey, {}),
        ("staff.add", "staff:2", {"role": "editor"}),
    ]
    for day, (action, subject, details) in enumerate(steps):
        at = NOW - timedelta(days=24 - day)
        record(session, actor=person, action=action, subject=subject, now=at, **details)
