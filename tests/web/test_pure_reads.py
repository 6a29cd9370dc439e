"""Scanners open every link of every mail: GET and HEAD leave the database as it was."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Base, Invitation, Mailing
from surveys.building.definition import from_document
from surveys.delivery.house import read_house
from surveys.delivery.letters import read_letter
from surveys.delivery.links import personal_links
from surveys.delivery.placeholders import Person
from surveys.delivery.rendering import RenderedMail, render
from surveys.inviting.snapshot import snapshot_in_mail
from surveys.settings import Settings
from tests.conftest import NOW
from tests.factories import make_mailing, make_message
from tests.people import invite, link_to

Dump = dict[str, list[tuple[Any, ...]]]


def dump(session: Session) -> Dump:
    session.rollback()
    tables = Base.metadata.sorted_tables
    return {t.name: [tuple(row) for row in session.execute(select(t))] for t in tables}


@pytest.fixture
def person(session: Session) -> Invitation:
    invitation = invite(session)
    definition = from_document(invitation.survey_version.definition)
    mailing = make_mailing(session, survey=invitation.survey, question=snapshot_in_mail(definition))
    make_message(session, mailing=mailing, invitation=invitation, state="sent", sent_at=NOW)
    session.commit()
    return invitation


def render_mail(session: Session, settings: Settings, person: Invitation) -> RenderedMail:
    links = personal_links(
        settings.base_url,
        key=settings.keys().link[0],
        public_id=person.public_id,
        epoch=person.token_epoch,
        survey_code=person.survey.code,
    )
    mailing = session.scalars(select(Mailing)).one()
    letter = read_letter(mailing, language="tr", house=read_house(settings))
    return render(letter, person=Person("Ayşe", "Yılmaz", None, None, None), links=links)


def test_every_link_of_a_mail_opened_twice_changes_nothing(
    client: FlaskClient, session: Session, settings: Settings, person: Invitation
) -> None:
    mail = render_mail(session, settings, person)
    found = set(re.findall(rf"{re.escape(settings.base_url)}(/[^\s\"<>]+)", mail.html + mail.text))
    before = dump(session)

    answers = [
        client.open(link, method=method)
        for link in sorted(found)
        for method in ("GET", "HEAD", "GET", "HEAD")
    ]

    assert len(found) == 11 + 4
    assert {answer.status_code for answer in answers} == {200}
    assert dump(session) == before


def test_pages_of_an_answered_survey_change_nothing_either(
    client: FlaskClient, session: Session, settings: Settings, person: Invitation
) -> None:
    link = link_to(person, settings.keys())
    answers = {"satisfaction": "5", "emp_status": "looking", "alumni_system": "no"}
    client.post(link, data={**answers, "_action": "submit"})
    before = dump(session)

    for query in ("", "?change=1", "?s=nps:1", "?change=1&section=2", "?lang=en", "?section=9"):
        client.get(link + query)
        client.head(link + query)

    assert len(before["response"]) == 1
    assert dump(session) == before


def test_mail_in_the_browser_has_a_policy_of_its_own(
    client: FlaskClient, session: Session, settings: Settings, person: Invitation
) -> None:
    session.rollback()
    view_link = re.search(r"/v/[a-z2-7]{32}", render_mail(session, settings, person).text)
    assert view_link

    page = client.get(view_link.group())

    assert "Ayşe Y." in page.text
    assert "Yılmaz" not in page.text
    assert re.search(r"style-src 'sha256-", page.headers["Content-Security-Policy"])
    assert "script" not in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
