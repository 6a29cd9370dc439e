"""The people of a seeded office, and the survey that asks most of them: mails and answers."""

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import Alumnus, Draft, Invitation, Mailing, MessageState, Response, Survey
from surveys.answering.progress import measure_progress
from surveys.building.definition import Question, QuestionType, from_document
from tests.conftest import NOW
from tests.factories import (
    make_alumnus,
    make_invitation,
    make_mailing,
    make_message,
    make_survey,
)
from tests.people import read_reference_survey

UNITS = {
    "Mühendislik Fakültesi": ["Bilgisayar Mühendisliği", "İnşaat Mühendisliği"],
    "İktisadi ve İdari Bilimler Fakültesi": ["İşletme", "İktisat"],
    "Fen-Edebiyat Fakültesi": ["Türk Dili ve Edebiyatı", "Fizik"],
    "Sağlık Bilimleri Fakültesi": ["Hemşirelik"],
}
GIVEN = ["Ayşe", "Işıl", "Şule", "Mehmet", "Can", "İrem", "Ömer", "Gülçin", "Çağrı", "Barış"]
FAMILY = ["Yılmaz", "Çelik", "Öztürk", "Şahin", "Kılıç", "Ağaoğlu", "Ünal", "Doğan", "İnci"]
COMMENTS = [
    "Mezun buluşmaları daha sık olsun, özellikle İzmir'de.",
    "Staj olanakları artırılmalı.",
    "Kütüphane akşamları da açık olmalı, mezunlar da yararlanabilmeli.",
    "Derslerde daha çok uygulama olsaydı iş hayatına daha kolay uyum sağlardım.",
    "Kariyer merkezinin etkinlikleri çok yararlıydı, staj duyuruları da.",
]
CITIES = ["İzmir", "Ankara", "Şanlıurfa", "İstanbul"]


def add_people(session: Session, chance: random.Random) -> list[Alumnus]:
    """Register graduates of several faculties and years, some without a usable address."""
    people = []
    for number in range(140):
        unit = chance.choice(list(UNITS))
        given, family = chance.choice(GIVEN), chance.choice(FAMILY)
        key = f"{2014 + number % 7}{number:05}"
        fault = {7: "missing", 23: "malformed"}.get(number % 40)
        values = {
            "external_id": key,
            "given_name": given,
            "family_name": family,
            "email": None if fault else f"mezun{number}@example.com",
            "email_fault": fault,
            "phone": f"+90 532 {number:03} 45 67" if number % 3 == 0 else None,
            "unit": unit,
            "programme": chance.choice(UNITS[unit]),
            "degree": "Lisans" if number % 5 else "Yüksek Lisans",
            "graduation_year": 2019 + number % 7,
            "gender": "Kadın" if number % 2 else "Erkek",
            "attributes": {"Danışman": "Doç. Dr. Ayla Er"} if number % 9 == 0 else {},
        }
        people.append(make_alumnus(session, **values))
    return people


def add_running(session: Session, people: Sequence[Alumnus], chance: random.Random) -> Survey:
    """Launch the survey that runs for 20 days: it asks 130 of them, and 60 began to answer."""
    opened = NOW - timedelta(days=20)
    document = read_reference_survey()
    survey = make_survey(
        session,
        document=document,
        indicator_code="PG3.3.5",
        year=2026,
        opens_at=opened,
        closes_at=NOW + timedelta(days=18),
        launched_at=opened,
        created_at=opened,
    )
    invitations = [
        make_invitation(session, survey=survey, alumnus=person, created_at=opened)
        for person in people[:130]
    ]
    for number, invitation in enumerate(invitations[:60]):
        _answer(session, invitation, number, chance)
    for invitation in invitations[60:64]:
        invitation.declined_at = opened + timedelta(days=3)
    _add_mails(session, survey, document, invitations)
    return survey


def _answer(session: Session, invitation: Invitation, number: int, chance: random.Random) -> None:
    """Answer wholly, but for every sixth, who leave in the middle."""
    definition = from_document(invitation.survey_version.definition)
    at = NOW - timedelta(days=19 - number * 19 // 60, hours=number % 9)
    leaves = number % 6 == 5
    answers: dict[str, Any] = {}
    for question in list(definition.questions())[: 4 if leaves else None]:
        answers.update(_invent(question, chance))
    invitation.started_at = at
    for name, value in asdict(measure_progress(definition, answers)).items():
        setattr(invitation, name, value)
    if leaves:
        session.add(Draft(invitation_id=invitation.id, answers=answers, updated_at=at))
        return
    invitation.responded_at = at
    session.add(
        Response(
            invitation_id=invitation.id,
            survey_version_id=invitation.survey_version_id,
            answers=answers,
            language="tr",
            notice_version="1",
            submitted_at=at,
            updated_at=at,
        )
    )


def _codes(question: Question) -> list[str]:
    return [option.code for option in question.options or []]


INVENTED: dict[QuestionType, Callable[[Question, random.Random], Any]] = {
    QuestionType.SINGLE_CHOICE: lambda question, chance: chance.choice(_codes(question)),
    QuestionType.MULTIPLE_CHOICE: lambda question, chance: chance.sample(_codes(question), k=2),
    QuestionType.YES_NO: lambda _, chance: chance.choice(["yes", "no"]),
    QuestionType.NPS: lambda _, chance: min(10, chance.randint(3, 12)),
    QuestionType.SCALE: lambda _, chance: chance.randint(1, 5),
    QuestionType.SCALE_GROUP: lambda question, chance: {
        item.code: chance.randint(2, 5) for item in question.items or []
    },
    QuestionType.NUMBER: lambda _, chance: chance.randint(0, 6),
    QuestionType.DATE: lambda _, chance: f"2026-{chance.randint(1, 10):02}-15",
    QuestionType.LONG_TEXT: lambda _, chance: chance.choice(COMMENTS),
    QuestionType.SHORT_TEXT: lambda _, chance: chance.choice(CITIES),
}


def _invent(question: Question, chance: random.Random) -> dict[str, Any]:
    maker = INVENTED.get(QuestionType(question.type))
    return {question.code: maker(question, chance)} if maker else {}


def _add_mails(
    session: Session, survey: Survey, document: dict[str, Any], invitations: list[Invitation]
) -> None:
    """The invitation and one reminder have gone, mostly; one is planned and one was stopped."""
    plan: list[tuple[int, dict[str, Any]]] = [
        (-20, {"state": "enqueued", "enqueued_at": NOW - timedelta(days=20)}),
        (-13, {"state": "enqueued", "enqueued_at": NOW - timedelta(days=13)}),
        (-3, {"state": "cancelled", "stopped_at": NOW - timedelta(days=4)}),
        (4, {"state": "planned"}),
    ]
    mailings: list[Mailing] = []
    for (days, over), written in zip(plan, document["mailings"], strict=False):
        at = NOW + timedelta(days=days)
        values = {
            "position": len(mailings) + 1,
            "kind": written["kind"],
            "subject": written["subject"],
            "text": written.get("text"),
            "due_at": at,
            "local_at": at.strftime("%Y-%m-%dT%H:%M"),
            **over,
        }
        mailings.append(make_mailing(session, survey=survey, **values))
    for number, invitation in enumerate(invitations):
        _send(session, mailings[0], invitation, number)
    for number, invitation in enumerate(invitations[48:], 48):
        _send(session, mailings[1], invitation, number + 1)


def _send(session: Session, mailing: Mailing, invitation: Invitation, number: int) -> None:
    at = mailing.due_at + timedelta(minutes=number)
    lost = {"state": MessageState.UNKNOWN, "reason": "line_lost", "sending_at": at}
    refused = {
        "state": MessageState.FAILED,
        "reason": "refused",
        "smtp_code": 550,
        "smtp_text": "5.1.1 user unknown",
    }
    unwritten = {"state": MessageState.FAILED, "reason": "not_rendered"}
    nowhere = {"state": MessageState.SUPPRESSED, "reason": "no_address"}
    waiting = {
        "state": MessageState.QUEUED,
        "reason": "refused_for_now",
        "smtp_code": 451,
        "due_at": NOW + timedelta(minutes=20),
    }
    sent = {"state": MessageState.SENT, "sent_at": at, "smtp_code": 250}
    unusual: dict[int, dict[str, Any]] = {81: lost, 95: refused, 96: unwritten, 97: waiting}
    values = nowhere if invitation.alumnus.email is None else unusual.get(number, sent)
    values = {"due_at": at, **values}
    make_message(session, mailing=mailing, invitation=invitation, **values)
    if "sent_at" in values:
        invitation.mail_state, invitation.mailed_at = "sent", invitation.mailed_at or at
