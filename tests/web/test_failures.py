"""When the service itself fails: plain pages, nothing half done, nothing typed lost."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from models import Draft, Invitation, Response
from surveys.extensions import db, transaction
from surveys.settings import Settings
from surveys.tokens import Purpose
from surveys.web.access import public
from tests.conftest import NOW
from tests.form_client import read_form
from tests.people import invite, link_to

FORM = {"nps": "3", "satisfaction": "5", "_section": "1", "_action": "next"}


@pytest.fixture
def person(session: Session) -> Invitation:
    return invite(session)


@pytest.fixture
def link(person: Invitation, settings: Settings) -> str:
    return link_to(person, settings.keys())


def refuse_writes(session: Session, engine: Engine) -> None:
    """Let the database read only from now on, as it does when its disk is full."""
    session.rollback()
    is_sqlite = engine.dialect.name == "sqlite"
    statement = "PRAGMA query_only=ON" if is_sqlite else "SET default_transaction_read_only = on"
    engine.dispose()

    @event.listens_for(engine, "connect")
    def close_for_writing(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined] # each driver's own class
        cursor.execute(statement)
        cursor.close()
        if not is_sqlite:
            connection.commit()  # type: ignore[attr-defined] # each driver's own class


def test_database_that_cant_write_loses_nothing_typed(
    client: FlaskClient, session: Session, link: str
) -> None:
    refuse_writes(session, db.engine)

    page = client.post(link, data=FORM)

    assert page.status_code == 503
    assert page.headers["Retry-After"]
    assert "Yazdıklarınız aşağıda duruyor" in page.text
    assert read_form(page).fields["nps"] == ["3"]
    assert session.scalars(select(Draft)).all() == []


def test_database_that_cant_write_never_shows_the_thanks(
    client: FlaskClient, session: Session, link: str
) -> None:
    answers = {"satisfaction": "5", "emp_status": "looking", "alumni_system": "no"}
    refuse_writes(session, db.engine)

    page = client.post(link, data={**answers, "_action": "submit"}, follow_redirects=True)

    assert page.status_code == 503
    assert "Teşekkür ederiz" not in page.text
    assert session.scalars(select(Response)).all() == []


def test_script_is_told_to_try_again_when_nothing_can_be_written(
    client: FlaskClient, session: Session, link: str
) -> None:
    refuse_writes(session, db.engine)

    answer = client.post(link, data={**FORM, "_action": "save", "_revision": "0"})

    assert answer.status_code == 503
    assert answer.is_json


def test_wish_for_no_mail_is_not_confirmed_when_it_cant_be_kept(
    client: FlaskClient, session: Session, settings: Settings, person: Invitation
) -> None:
    link = link_to(person, settings.keys(), Purpose.UNSUBSCRIBE)
    refuse_writes(session, db.engine)

    answer = client.post(link, data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 503
    assert "Daha önce kaydettikleriniz duruyor" in answer.text


def test_failure_inside_rolls_back_and_shows_a_plain_page(
    app: Flask, session: Session, person: Invitation, caplog: pytest.LogCaptureFixture
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    session.rollback()

    @public
    def fail(secret: str) -> str:
        with transaction() as writing:
            writing.add(Draft(invitation_id=person.id, answers={}, updated_at=NOW))
            writing.flush()
            raise RuntimeError(f"broken after {len(secret)} letters")

    app.add_url_rule("/fail/<secret>", view_func=fail)
    page = app.test_client().get("/fail/aerukz4jvpg66mgo2leknmnihc6x45sa")

    assert page.status_code == 500
    assert page.headers["X-Request-ID"] in page.text
    assert "Bizden kaynaklanan bir hata oluştu" in page.text
    assert "RuntimeError" not in page.text
    assert "aerukz4jvpg66mgo2leknmnihc6x45sa" not in caplog.text
    assert session.scalars(select(Draft)).all() == []


def test_second_of_two_at_once_is_told_and_nothing_of_it_is_kept(
    app: Flask, client: FlaskClient, person: Invitation
) -> None:
    @public
    def repeat() -> str:
        with transaction() as session:
            twin = Invitation(
                survey_id=person.survey_id,
                survey_version_id=person.survey_version_id,
                alumnus_id=person.alumnus_id,
                public_id="0" * 16,
                created_at=NOW,
            )
            session.add(twin)
        return ""

    app.add_url_rule("/repeat", view_func=repeat)

    page = client.get("/repeat")

    assert page.status_code == 409
    assert "aynı anda" in page.text
