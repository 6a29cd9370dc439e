"""Surveys as they stand before a launch, for the tests of this room."""

from typing import Any

from sqlalchemy.orm import Session

from models import Survey
from surveys.building.definition import from_document
from surveys.building.drafts import save_draft
from surveys.tokens import Keys
from tests.conftest import NOW
from tests.factories import make_document

KEYS = Keys(link=[b"l" * 32], hash=[b"h" * 32])
INVITATION = {"kind": "invitation", "at": "2026-11-23T13:00", "subject": {"tr": "Anket"}}


def make_draft(session: Session, *, is_demo: bool = False, **over: Any) -> Survey:
    """A saved draft; NOW is Monday, 23 November 2026, 12:00 in Istanbul."""
    document = make_document(**{"mailings": [INVITATION], **over})
    return save_draft(session, definition=from_document(document), is_demo=is_demo, now=NOW)


def reminder(**over: Any) -> dict[str, Any]:
    return {"kind": "reminder", "subject": {"tr": "Bekliyoruz"}, **over}
