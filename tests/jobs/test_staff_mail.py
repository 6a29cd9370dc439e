"""Mails to staff over real SMTP: each at most once, and one fault holds up nobody else."""

import email
import email.policy

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import StaffLink, StaffMail, StaffMailKind, StaffMailState
from surveys.delivery.brakes import pause_sending
from surveys.jobs.table import get_job, run_job
from surveys.notifying import outbox
from surveys.notifying.queueing import queue_mail
from tests.conftest import NOW, SettableClock
from tests.jobs.conftest import AppWith
from tests.mail_sink import Sink
from tests.notifying.members import EMAIL, make_staff, queue_link
from tests.smtp_servers import DROP, free_port, scripted_server

JOB = get_job("send-staff-mail")


@pytest.fixture
def sending_app(app_with: AppWith, sink: Sink) -> Flask:
    return app_with(mail_server="127.0.0.1", mail_port=sink.port)


def _mails(session: Session) -> list[tuple[str, str | None]]:
    session.commit()
    session.expire_all()
    return [(m.state, m.reason) for m in session.scalars(select(StaffMail).order_by(StaffMail.id))]


def test_queued_mail_leaves_once(sending_app: Flask, session: Session, sink: Sink) -> None:
    queue_link(session, make_staff(session))
    session.commit()

    first, second = run_job(sending_app, JOB), run_job(sending_app, JOB)

    mail = email.message_from_bytes(sink.contents[0], policy=email.policy.default)
    assert (first["sent"], second["sent"]) == (1, 0)
    assert sink.recipients == [EMAIL]
    assert mail["Subject"] == "Dönüt hesabınız hazır"
    assert "List-Id" not in mail
    assert _mails(session) == [("sent", None)]


def test_brake_on_mailings_does_not_stop_it(
    sending_app: Flask, session: Session, sink: Sink
) -> None:
    pause_sending(session, reason="staff", now=NOW)
    queue_link(session, make_staff(session))
    session.commit()

    run_job(sending_app, JOB)

    assert sink.recipients == [EMAIL]


def test_server_that_is_away_leaves_it_queued_and_without_a_link(
    app_with: AppWith, session: Session
) -> None:
    queue_link(session, make_staff(session))
    session.commit()

    run_job(app_with(mail_server="127.0.0.1", mail_port=free_port()), JOB)

    assert _mails(session) == [("queued", None)]
    assert session.scalars(select(StaffLink)).all() == []


def test_letter_that_cannot_be_written_fails_alone(
    sending_app: Flask, session: Session, sink: Sink
) -> None:
    person = make_staff(session)
    bad = {"purpose": "unheard of", "by_id": None}
    queue_mail(session, staff_id=person.id, kind=StaffMailKind.LINK, key="bad", params=bad, now=NOW)
    queue_link(session, person)
    session.commit()

    run_job(sending_app, JOB)

    assert _mails(session) == [("failed", outbox.NOT_WRITTEN), ("sent", None)]
    assert sink.recipients == [EMAIL]


def test_disabled_person_gets_none(sending_app: Flask, session: Session, sink: Sink) -> None:
    queue_link(session, make_staff(session, disabled_at=NOW))
    session.commit()

    run_job(sending_app, JOB)

    assert _mails(session) == [("failed", outbox.DISABLED)]
    assert sink.recipients == []


def test_refused_for_now_is_sent_later(
    sending_app: Flask, session: Session, sink: Sink, clock: SettableClock
) -> None:
    sink.replies[EMAIL] = ["451 4.3.0 later"]
    queue_link(session, make_staff(session))
    session.commit()
    run_job(sending_app, JOB)

    clock.advance(outbox.RETRY_PAUSES[0])
    run_job(sending_app, JOB)

    assert _mails(session) == [(StaffMailState.SENT, None)]
    assert sink.recipients == [EMAIL]


def test_lost_line_leaves_it_unknown_and_it_is_not_repeated(
    app_with: AppWith, session: Session
) -> None:
    queue_link(session, make_staff(session))
    session.commit()

    with scripted_server({"DOT": DROP}) as server:
        app = app_with(mail_server="127.0.0.1", mail_port=server.port)
        first, second = run_job(app, JOB), run_job(app, JOB)

    assert (first["unknown"], second["unknown"]) == (1, 0)
    assert len(server.bodies) == 1
    assert _mails(session) == [("unknown", outbox.LINE_LOST)]
