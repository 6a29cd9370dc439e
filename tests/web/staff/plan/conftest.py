"""A draft with an audience of three, one of whom has no address, and an editor who looks at it."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Survey
from surveys.building.definition import from_document
from surveys.building.drafts import save_draft
from tests.conftest import NOW
from tests.factories import make_alumnus, make_document
from tests.web.staff.conftest import Browser, reload

TEXT = {"tr": "Önerir misiniz?", "en": "Would you recommend us?"}
SECTION = {
    "title": {"tr": "Genel", "en": "Overall"},
    "questions": [{"code": "nps", "type": "nps", "text": TEXT, "in_mail": True}],
}
INVITATION = {
    "kind": "invitation",
    "at": "2026-11-24T10:00",
    "subject": {"tr": "{ad|Mezunumuz}, anket", "en": "{ad|Graduate}, a survey"},
}
REMINDER = {
    "kind": "reminder",
    "after_days": 7,
    "subject": {"tr": "Bekliyoruz", "en": "We are waiting"},
}
HOME = "/surveys/draft"


@pytest.fixture
def draft(session: Session) -> Survey:
    """NOW is Monday, 23 November 2026, 12:00 in Istanbul."""
    for unit in ("Hukuk Fakültesi", "Tıp Fakültesi"):
        make_alumnus(session, unit=unit, given_name="Ayşe", family_name=unit.split()[0])
    make_alumnus(
        session, unit="Tıp Fakültesi", family_name="Adressiz", email=None, email_fault="missing"
    )
    document = make_document(code="draft", sections=[SECTION], mailings=[INVITATION, REMINDER])
    definition = from_document(document)
    survey = save_draft(session, definition=definition, is_demo=False, now=NOW)
    session.commit()
    return survey


@pytest.fixture
def editor(signed_in: Browser, draft: Survey) -> Browser:
    """A signed-in editor who looks at the audience of the draft."""
    signed_in.get(f"/surveys/{draft.code}/audience")
    return signed_in


def read_document(session: Session) -> dict[str, Any]:
    """Return the draft's document as it stands now."""
    document: dict[str, Any] = reload(session, Survey)[0].definition
    return document
