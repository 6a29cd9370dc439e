"""A page that was opened before the survey's questions were changed, and is sent afterwards."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Draft, Invitation
from surveys.inviting.correcting import revise
from surveys.settings import Settings
from tests.conftest import NOW
from tests.factories import make_document
from tests.form_client import Form, read_form
from tests.people import invite, link_to
from tests.questions import make_fields

FIRST = {"title": {"tr": "Bir"}, "questions": [make_fields("job", "short_text")]}
SECOND = {"title": {"tr": "İki"}, "questions": [make_fields("city", "short_text")]}
NEW = {"title": {"tr": "Yeni"}, "questions": [make_fields("pay", "number")]}


@pytest.fixture
def person(session: Session) -> Invitation:
    return invite(session, document=make_document(languages=["tr"], sections=[FIRST, SECOND]))


@pytest.fixture
def old_page(client: FlaskClient, session: Session, person: Invitation, settings: Settings) -> Form:
    """The second section, opened before a section was put in front of both."""
    link = link_to(person, settings.keys())
    client.post(link, data=read_form(client.get(link)).filled({"job": "Hemşire"}))
    form = read_form(client.get(f"{link}?section=2"))
    revise_to(session, person, [NEW, FIRST, SECOND])
    return form


def revise_to(session: Session, person: Invitation, sections: list[dict[str, Any]]) -> None:
    session.rollback()
    document = {**person.survey.definition, "sections": sections}
    revised = revise(
        session, survey=person.survey, document=document, base_number=1, actor="cli", now=NOW
    )
    assert revised is not None
    session.commit()


def answers_of(session: Session, person: Invitation) -> dict[str, Any]:
    session.rollback()
    session.expire_all()
    return session.get_one(Draft, person.id).answers


def test_old_page_takes_no_answer_away_from_a_section_that_moved(
    client: FlaskClient, session: Session, person: Invitation, old_page: Form
) -> None:
    client.post(old_page.action, data={**old_page.filled({"city": "Ordu"}), "_action": "save"})

    assert answers_of(session, person) == {"job": "Hemşire", "city": "Ordu"}
