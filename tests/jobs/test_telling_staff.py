"""Warnings and summaries from their occasion to the mailbox, over real SMTP."""

import email
import email.policy
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from surveys.jobs.table import get_job, run_job
from tests.conftest import SettableClock
from tests.jobs.conftest import AppWith
from tests.mail_sink import Sink
from tests.notifying.members import EMAIL, make_staff
from tests.notifying.test_alerts import make_measured

TELL, SEND = get_job("tell-staff"), get_job("send-staff-mail")


@pytest.fixture
def sending_app(app_with: AppWith, sink: Sink) -> Flask:
    return app_with(mail_server="127.0.0.1", mail_port=sink.port)


def test_summary_arrives_as_text_and_html_once(
    sending_app: Flask, session: Session, sink: Sink
) -> None:
    make_staff(session)
    make_measured(session)
    session.commit()

    told = [run_job(sending_app, TELL) for _ in range(2)]
    run_job(sending_app, SEND)

    mail = email.message_from_bytes(sink.contents[0], policy=email.policy.default)
    assert [result["digests"] for result in told] == [1, 0]
    assert sink.recipients == [EMAIL]
    assert mail["Subject"] == "Dönüt özeti, 23 Kasım 2026: 1 yeni yanıt"
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        assert "PG3.3.5, 2026: 1 / 20 (%5,00)" in part.get_content()


def test_warning_arrives_a_week_before_closing(
    sending_app: Flask, session: Session, sink: Sink, clock: SettableClock
) -> None:
    make_staff(session)
    survey = make_measured(session)
    closes_at = survey.closes_at
    session.commit()
    # In the night, when no summary is due.
    clock.instant = (closes_at - timedelta(days=6)).replace(hour=0)

    told = run_job(sending_app, TELL)
    run_job(sending_app, SEND)

    mail = email.message_from_bytes(sink.contents[0], policy=email.policy.default)
    assert told == {"alerts": 1, "digests": 0}
    assert mail["Subject"] == "Hedefin gerisinde: Mezun Anketi"
