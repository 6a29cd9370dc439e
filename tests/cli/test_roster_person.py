"""`flask roster show`, `erase`, `export-person` from the outside."""

import json

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Alumnus, AuditEntry
from tests.conftest import NOW
from tests.factories import make_alumnus, make_invitation, make_survey


def make_person(session: Session, *, is_demo: bool = False) -> Alumnus:
    person = make_alumnus(
        session, external_id="77", attributes={"Şehir": "Ankara"}, is_demo=is_demo
    )
    survey = make_survey(session)
    make_invitation(session, survey=survey, alumnus=person, started_at=NOW, responded_at=NOW)
    session.commit()
    return person


def test_show_tells_what_the_roster_says(app: Flask, session: Session) -> None:
    make_person(session)

    result = app.test_cli_runner().invoke(args=["roster", "show", "77"])

    assert result.exit_code == 0
    assert "Soyad: Yılmaz\n" in result.stdout
    assert "Şehir: Ankara\n" in result.stdout
    assert "yanıtlandı: 23 Kasım 2026 12:00\n" in result.stdout


def test_show_answers_in_json(app: Flask, session: Session) -> None:
    make_person(session, is_demo=True)

    result = app.test_cli_runner().invoke(args=["roster", "show", "77", "--demo", "--json"])

    answer = json.loads(result.stdout)
    assert (answer["external_id"], answer["is_suppressed"]) == ("77", False)
    assert answer["invitations"][0]["responded_at"] == "2026-11-23T09:00:00Z"


def test_erase_makes_a_tombstone_and_is_audited_without_the_key(
    app: Flask, session: Session
) -> None:
    person = make_person(session)

    result = app.test_cli_runner().invoke(args=["roster", "erase", "77", "--json"])

    session.refresh(person)
    entry = session.scalars(select(AuditEntry)).one()
    assert json.loads(result.stdout)["erased"] is True
    assert (person.external_id != "77", person.erased_at) == (True, NOW)
    assert (entry.action, entry.subject) == ("roster.erase", f"alumnus:{person.id}")


def test_export_prints_everything_and_is_audited(app: Flask, session: Session) -> None:
    make_person(session)

    result = app.test_cli_runner().invoke(args=["roster", "export-person", "77"])

    document = json.loads(result.stdout)
    assert document["person"]["attributes"] == {"Şehir": "Ankara"}
    assert document["invitations"][0]["responded_at"] == "2026-11-23T09:00:00+00:00"
    assert session.scalars(select(AuditEntry)).one().action == "roster.export_person"


@pytest.mark.parametrize("command", ["show", "erase", "export-person"])
def test_unknown_person_is_refused(app: Flask, session: Session, command: str) -> None:
    make_person(session, is_demo=True)

    result = app.test_cli_runner().invoke(args=["roster", command, "77", "--json"])

    assert result.exit_code == 1
    assert json.loads(result.stdout)["refused"] == "person_unknown"
