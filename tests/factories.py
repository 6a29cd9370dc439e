"""Plain makers of rows: sensible values, each of which a test may say otherwise."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from models import Alumnus, Invitation, Mailing, Message, Survey, SurveyVersion
from surveys.roster.names import index_person
from surveys.tokens import new_public_id
from tests.conftest import NOW

_number = count(1)


def make_alumnus(session: Session, **over: Any) -> Alumnus:
    number = next(_number)
    email = f"alumnus{number}@example.com"
    values = {
        "external_id": f"2020{number:06}",
        "given_name": "Ayşe",
        "family_name": "Yılmaz",
        "email": email,
        "unit": "Mühendislik Fakültesi",
        "programme": "Bilgisayar Mühendisliği",
        "degree": "Lisans",
        "graduation_year": 2024,
        "language": "tr",
        "registered_at": NOW,
        "updated_at": NOW,
        **over,
    }
    names = {key: values[key] for key in ("given_name", "family_name", "external_id")}
    alumnus = Alumnus(**index_person(**names), **values)
    session.add(alumnus)
    session.flush()
    return alumnus


def make_document(**over: Any) -> dict[str, Any]:
    """A small survey's document: a required scale, an optional NPS that stands in the mail."""
    nps = {"code": "nps", "type": "nps", "text": {"tr": "Önerir misiniz?"}, "in_mail": True}
    satisfaction = {
        "code": "satisfaction",
        "type": "scale",
        "text": {"tr": "Memnun musunuz?"},
        "required": True,
        "scale": {"min": 1, "max": 5, "low": {"tr": "Hiç"}, "high": {"tr": "Çok"}},
    }
    return {
        "code": f"survey-{next(_number)}",
        "title": {"tr": "Mezun Anketi", "en": "Graduate Survey"},
        "purpose": {"tr": "Öğrenmek için", "en": "To learn"},
        "confidentiality": "confidential",
        "languages": ["tr", "en"],
        "audience": {},
        "timezone": "Europe/Istanbul",
        "opens_at": "2026-11-23T10:00",
        "closes_at": "2026-12-31T23:59",
        "sections": [{"title": {"tr": "Genel", "en": "Overall"}, "questions": [nps, satisfaction]}],
        "mailings": [
            {"kind": "invitation", "at": "2026-11-23T10:00", "subject": {"tr": "{ad}, anket"}},
            {"kind": "reminder", "after_days": 7, "subject": {"tr": "{ad}, bekliyoruz"}},
        ],
        **over,
    }


def make_survey(session: Session, *, document: dict[str, Any] | None = None, **over: Any) -> Survey:
    """A launched survey with its first version, open from an hour before NOW for 30 days."""
    content = document or make_document()
    values = {
        "code": content["code"],
        "definition": content,
        "opens_at": NOW - timedelta(hours=1),
        "closes_at": NOW + timedelta(days=30),
        "created_at": NOW,
        "updated_at": NOW,
        "launched_at": NOW,
        **over,
    }
    survey = Survey(**values)
    version = SurveyVersion(
        survey=survey, number=1, definition=content, notice_version="1", created_at=NOW
    )
    session.add_all([survey, version])
    session.flush()
    return survey


def make_invitation(session: Session, *, survey: Survey, **over: Any) -> Invitation:
    alumnus = over.pop("alumnus", None) or make_alumnus(session)
    values = {
        "survey_id": survey.id,
        "survey_version_id": survey.versions[-1].id,
        "alumnus_id": alumnus.id,
        "public_id": new_public_id(),
        "language": "tr",
        "unit": alumnus.unit,
        "programme": alumnus.programme,
        "degree": alumnus.degree,
        "graduation_year": alumnus.graduation_year,
        "created_at": NOW,
        **over,
    }
    invitation = Invitation(**values)
    session.add(invitation)
    session.flush()
    return invitation


def make_mailing(session: Session, *, survey: Survey, **over: Any) -> Mailing:
    values = {
        "survey_id": survey.id,
        "position": next(_number),
        "kind": "invitation",
        "local_at": "2026-11-23T12:00",
        "timezone": "Europe/Istanbul",
        "due_at": NOW,
        "subject": {"tr": "{ad}, anket", "en": "{ad}, a survey"},
        **over,
    }
    mailing = Mailing(**values)
    session.add(mailing)
    session.flush()
    return mailing


def make_message(
    session: Session, *, mailing: Mailing, invitation: Invitation, **over: Any
) -> Message:
    expires_at: datetime = over.pop("expires_at", NOW + timedelta(days=30))
    message = Message(
        mailing_id=mailing.id,
        invitation_id=invitation.id,
        **{"due_at": NOW, "expires_at": expires_at, **over},
    )
    session.add(message)
    session.flush()
    return message


def make_messages(session: Session, count: int, **over: Any) -> list[Message]:
    """Messages of one invitation mailing to as many people, committed and in the order of ids."""
    survey = over.pop("survey", None) or make_survey(session)
    mailing = over.pop("mailing", None) or make_mailing(session, survey=survey, state="enqueued")
    messages = [
        make_message(
            session, mailing=mailing, invitation=make_invitation(session, survey=survey), **over
        )
        for _ in range(count)
    ]
    session.commit()
    return messages
