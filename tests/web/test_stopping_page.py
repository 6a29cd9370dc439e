"""`/u/<token>`: GET asks, POST does, and takes it back."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from models import Invitation
from surveys.roster.suppression import is_suppressed
from surveys.settings import Settings
from surveys.tokens import Purpose
from tests.conftest import NOW
from tests.form_client import press
from tests.people import invite, link_to

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def person(session: Session) -> Invitation:
    return invite(session)


@pytest.fixture
def link(person: Invitation, settings: Settings) -> str:
    return link_to(person, settings.keys(), Purpose.UNSUBSCRIBE)


def has_stopped(session: Session, settings: Settings, person: Invitation) -> bool:
    session.rollback()
    is_stopped = is_suppressed(session, alumnus=person.alumnus, keys=settings.keys())
    assert is_stopped == (person.declined_at is not None)
    return is_stopped


def test_opening_the_link_only_asks(
    client: FlaskClient, session: Session, settings: Settings, person: Invitation, link: str
) -> None:
    page = client.get(link)

    assert "E-posta göndermeyi bırakalım mı?" in page.text
    assert not has_stopped(session, settings, person)


def test_button_stops_the_mails_and_the_next_takes_it_back(
    client: FlaskClient, session: Session, settings: Settings, person: Invitation, link: str
) -> None:
    stopped = press(client, client.get(link))
    was_stopped = has_stopped(session, settings, person)
    press(client, stopped)

    assert "E-postalar durduruldu" in stopped.text
    assert was_stopped
    assert not has_stopped(session, settings, person)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_of_a_mail_program_stops_the_mails(
    client: FlaskClient,
    session: Session,
    settings: Settings,
    person: Invitation,
    link: str,
    kind: str,
) -> None:
    answer = client.post(link, data=ONE_CLICK, content_type=kind)

    assert answer.status_code == 200
    assert answer.text == "Size artık bu e-postalardan gönderilmeyecek.\n"
    assert "Set-Cookie" not in answer.headers
    assert has_stopped(session, settings, person)


def test_one_click_twice_is_answered_alike(client: FlaskClient, link: str) -> None:
    first, second = client.post(link, data=ONE_CLICK), client.post(link, data=ONE_CLICK)

    assert (first.status_code, first.text) == (second.status_code, second.text)


def test_post_without_a_body_stops_the_mails(
    client: FlaskClient, session: Session, settings: Settings, person: Invitation, link: str
) -> None:
    assert client.post(link).status_code == 200
    assert has_stopped(session, settings, person)


def test_link_works_after_the_survey_has_closed(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    person = invite(session, closed_at=NOW)

    answer = client.post(link_to(person, settings.keys(), Purpose.UNSUBSCRIBE), data=ONE_CLICK)

    assert answer.status_code == 200
    assert has_stopped(session, settings, person)


def test_answer_link_stops_nothing(
    client: FlaskClient, session: Session, settings: Settings, person: Invitation
) -> None:
    token = link_to(person, settings.keys()).removeprefix("/s/")

    assert client.post(f"/u/{token}", data=ONE_CLICK).status_code == 404
    assert not has_stopped(session, settings, person)


def test_who_stopped_can_still_answer(
    client: FlaskClient, settings: Settings, person: Invitation, link: str
) -> None:
    answer_link = link_to(person, settings.keys())
    client.post(link, data=ONE_CLICK)

    assert client.get(answer_link).status_code == 200
