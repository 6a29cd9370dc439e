"""Invited people and their links, for tests that go in by the front door."""

from typing import Any

from sqlalchemy.orm import Session

from models import Invitation
from surveys.building.definition import to_document
from surveys.building.reading import read_definition
from surveys.settings import ROOT
from surveys.tokens import Keys, Purpose, make_link_token
from tests.factories import make_invitation, make_survey

REFERENCE_SURVEY = ROOT / "demo" / "data" / "mezun-izleme.yaml"


def read_reference_survey() -> dict[str, Any]:
    """Return the document of the real-sized survey: 14 questions, 4 sections, two languages."""
    text = REFERENCE_SURVEY.read_text(encoding="utf-8")
    document: dict[str, Any] = to_document(read_definition(text, filename=REFERENCE_SURVEY.name))
    return document


def invite(session: Session, *, document: dict[str, Any] | None = None, **over: Any) -> Invitation:
    """Return the committed invitation of one person to an open survey."""
    survey = make_survey(session, document=document or read_reference_survey(), **over)
    invitation = make_invitation(session, survey=survey)
    session.commit()
    return invitation


def link_to(invitation: Invitation, keys: Keys, purpose: Purpose = Purpose.ANSWER) -> str:
    """Return the path of a personal link."""
    letter = {Purpose.ANSWER: "s", Purpose.UNSUBSCRIBE: "u", Purpose.VIEW: "v"}[purpose]
    token = make_link_token(
        keys.link[0], public_id=invitation.public_id, epoch=invitation.token_epoch, purpose=purpose
    )
    return f"/{letter}/{token}"
