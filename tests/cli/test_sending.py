"""`flask send --once` and `flask job`, as staff and scripts use them."""

import json
from dataclasses import replace
from datetime import time, timedelta

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Message
from surveys.delivery.brakes import pause_sending
from surveys.settings import Settings
from tests.conftest import NOW
from tests.factories import make_invitation, make_mailing, make_messages, make_survey
from tests.mail_sink import Sink, running_sink


@pytest.fixture
def outside() -> Sink:
    """A mail server that is not running yet; the application knows its address."""
    return Sink()


@pytest.fixture
def settings(settings: Settings, outside: Sink) -> Settings:
    return replace(settings, mail_server="127.0.0.1", mail_port=outside.port)


def run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=list(args))


def _plan(session: Session, people: int, **over: object) -> None:
    survey = make_survey(session)
    for _ in range(people):
        make_invitation(session, survey=survey)
    make_mailing(session, survey=survey, **over)
    session.commit()


def test_send_enqueues_and_sends_what_is_due(app: Flask, session: Session, outside: Sink) -> None:
    _plan(session, 3)

    with running_sink(outside):
        result = run(app, "send", "--once", "--json")

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"sent": 3, "failed": 0, "suppressed": 0, "unknown": 0}
    assert len(outside.message_ids) == 3


def test_send_again_sends_nothing(app: Flask, session: Session, outside: Sink) -> None:
    _plan(session, 2)

    with running_sink(outside):
        run(app, "send", "--once")
        result = run(app, "send", "--once")

    assert result.exit_code == 0
    assert result.stdout == "Gönderilen: 0, gönderilemeyen: 0, gerek kalmayan: 0, belirsiz: 0.\n"


def test_send_tells_how_far_it_is_in_plain_lines(
    app: Flask, session: Session, outside: Sink
) -> None:
    make_messages(session, 500)

    with running_sink(outside):
        result = run(app, "send", "--once")

    assert "500 iletiden 500 tanesi tamamlandı …" in result.stderr


def test_send_says_what_stays_queued_when_the_server_is_dead(app: Flask, session: Session) -> None:
    make_messages(session, 2)

    result = run(app, "send", "--once", "--patience", "0")

    assert result.exit_code == 1
    assert "2 ileti sırada bekliyor, hiçbir şey kaybolmadı" in result.stderr


def test_send_tells_machines_what_stays_queued(app: Flask, session: Session) -> None:
    make_messages(session, 2)

    result = run(app, "send", "--once", "--patience", "0", "--json")

    told = json.loads(result.stdout)
    assert (result.exit_code, told["refused"], told["sent"]) == (1, "mail_server_silent", 0)


def test_send_says_why_sending_is_paused(app: Flask, session: Session, outside: Sink) -> None:
    make_messages(session, 2)
    pause_sending(session, reason="staff", now=NOW)
    session.commit()

    with running_sink(outside):
        result = run(app, "send", "--once")

    assert result.exit_code == 1
    assert "Gönderim durduruldu, 2 ileti bekliyor. Personel durdurdu." in result.stderr
    assert outside.message_ids == []


def test_send_holds_a_mailing_that_is_too_late(app: Flask, session: Session, outside: Sink) -> None:
    _plan(session, 2, due_at=NOW - timedelta(hours=25))

    with running_sink(outside):
        result = run(app, "send", "--once", "--json")

    assert json.loads(result.stdout)["sent"] == 0
    assert session.scalars(select(Message)).all() == []


@pytest.mark.usefixtures("session")
def test_send_without_once_is_used_wrongly(app: Flask) -> None:
    assert run(app, "send").exit_code == 2


def test_job_tells_what_one_pass_did(app: Flask, session: Session) -> None:
    _plan(session, 2)

    result = run(app, "job", "plan-mailings", "--json")

    assert json.loads(result.stdout) == {
        "job": "plan-mailings",
        "mailings": 1,
        "messages": 2,
        "held": 0,
    }


@pytest.mark.usefixtures("session")
def test_unknown_job_is_refused(app: Flask) -> None:
    result = run(app, "job", "nope")

    assert result.exit_code == 1
    assert "plan-mailings" in result.stderr


def test_send_says_why_nothing_goes_outside_its_hours(
    app: Flask, session: Session, outside: Sink
) -> None:
    box = app.extensions["donut"]
    evening = replace(box.settings, mail_window=(time(18), time(22)))
    app.extensions["donut"] = replace(box, settings=evening)
    _plan(session, 3)

    with running_sink(outside):
        result = run(app, "send", "--once")

    assert result.exit_code == 0
    assert outside.message_ids == []
    assert "3 bekliyor, bugün 18.00'de devam eder." in result.stdout
    assert "Şu an gönderim saatleri dışında" in result.stdout
