"""A draft of two sections and a browser in which its questions stand."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Role, Staff, Survey
from surveys.accounts.passwords import hash_password
from surveys.accounts.people import add_staff
from tests.conftest import NOW
from tests.factories import make_document, make_survey
from tests.web.staff.conftest import PASSWORD, Browser, reload

WORK = {
    "code": "work",
    "type": "single_choice",
    "text": {"tr": "Çalışıyor musunuz?", "en": "Do you work?"},
    "options": [
        {"code": "yes", "text": {"tr": "Çalışıyorum", "en": "I do"}},
        {"code": "no", "text": {"tr": "Çalışmıyorum", "en": "I don't"}},
    ],
}
CITY = {
    "code": "city",
    "type": "short_text",
    "text": {"tr": "Hangi ilde?", "en": "In which city?"},
    "show_if": {"question": "work", "in": ["yes"]},
}
IDEAS = {"code": "ideas", "type": "long_text", "text": {"tr": "Öneriniz?", "en": "Ideas?"}}
SECTIONS = [
    {"title": {"tr": "İş", "en": "Work"}, "questions": [WORK, CITY]},
    {"title": {"tr": "Son", "en": "End"}, "questions": [IDEAS]},
]
PAGE = "/surveys/draft/questions"


@pytest.fixture
def draft(session: Session) -> Survey:
    document = make_document(code="draft", sections=SECTIONS)
    survey = make_survey(session, document=document, launched_at=None)
    session.commit()
    return survey


@pytest.fixture
def editor(signed_in: Browser, draft: Survey) -> Browser:
    """A signed-in editor who looks at the questions of the draft."""
    assert draft.code
    signed_in.get(PAGE)
    return signed_in


def read_document(session: Session) -> dict[str, Any]:
    """Return the draft's document as it stands now."""
    document: dict[str, Any] = reload(session, Survey)[0].definition
    return document


def list_codes(session: Session) -> list[list[str]]:
    """Return the codes of the questions by section."""
    sections = read_document(session)["sections"]
    return [[question["code"] for question in section["questions"]] for section in sections]


@pytest.fixture
def colleague(session: Session) -> Staff:
    """Another editor, with the same password."""
    person = add_staff(
        session, email="mehmet@example.edu.tr", role=Role.EDITOR, language="tr", now=NOW
    )
    person.password_hash = hash_password(PASSWORD)
    session.commit()
    return person
