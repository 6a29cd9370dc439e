"""Sending: mails a second end to end, against a limit and a naive baseline at the same sink.

Limit: smtplib sending bytes that were composed before, over one connection. Naive: a loop over
Flask-Mail's own `Mail.send`, which composes and connects for every mail. `python -m bench.sending`
"""

import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from flask import Flask
from flask_mail import Mail
from flask_mail import Message as NaiveMessage
from flask_migrate import upgrade
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import create_app
from models import Alumnus, Invitation, Mailing, Message, Survey, SurveyVersion
from surveys.delivery.addressed import Addressed
from surveys.delivery.eligibility import read_standings
from surveys.delivery.house import read_house
from surveys.delivery.writing import Envelope
from surveys.environment import read_settings
from surveys.extensions import Toolbox, db, toolbox
from surveys.jobs.preparing import Writer
from surveys.jobs.sending import drain
from surveys.settings import Settings
from surveys.tokens import new_public_id

PEOPLE = 2_000
NAIVE_PEOPLE = 500
DEFINITION = {
    "code": "bench",
    "title": {"tr": "Mezun İzleme Anketi"},
    "purpose": {"tr": "Mezunlarımızın nerede olduğunu öğrenmek"},
    "sections": [{"title": {"tr": "Genel"}, "questions": [{"code": "nps", "type": "nps"}]}],
}
QUESTION = {
    "code": "nps",
    "text": {"tr": "Üniversitemizi tavsiye eder misiniz?"},
    "options": [{"value": str(n), "text": {"tr": str(n)}} for n in range(11)],
}
TEXT = {"tr": "Sayın {ad_soyad},\n\n{program} mezunu olarak görüşünüzü almak istiyoruz."}
BEFORE, NEVER = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Figure:
    """So many mails in so many seconds."""

    name: str
    count: int
    seconds: float

    @property
    def rate(self) -> float:
        """Mails a second."""
        return self.count / self.seconds


def main() -> None:
    """Measure on a fresh SQLite file and print a table."""
    with tempfile.TemporaryDirectory() as folder, running_sink() as port:
        settings = _read_settings(Path(folder), port)
        app = create_app(settings)
        with app.app_context():
            upgrade()
            _fill(PEOPLE)
            envelopes = _compose_all()
        limit = _measure_limit(envelopes, port)
        naive = _measure_naive(envelopes[:NAIVE_PEOPLE], port)
        whole = [_measure_drain(settings, connections) for connections in (1, 2, 4)]
    size_kb = len(envelopes[0].content) / 1024
    print(f"Sending mails of {size_kb:.1f} KB (SQLite, synced before each mail)")
    print(f"{'':<44} {'mails':>6} {'s':>7} {'mails/s':>8} {'÷limit':>7} {'÷naive':>7}")
    for figure in (limit, naive, *whole):
        print(
            f"{figure.name:<44} {figure.count:>6,} {figure.seconds:>7.2f} {figure.rate:>8,.0f}"
            f" {figure.rate / limit.rate:>7.2f} {figure.rate / naive.rate:>7.2f}"
        )


@contextmanager
def running_sink() -> Iterator[int]:
    """Run the sink in a process of its own; yield its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    command = [sys.executable, "-m", "bench.sink", str(port)]
    with subprocess.Popen(  # noqa: S603 - the command is our own
        command, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield port
        process.kill()


def _read_settings(folder: Path, port: int) -> Settings:
    return read_settings(
        {
            "DONUT_DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
            "DONUT_SECRET_KEY": "only for this benchmark, on no server",
            "DONUT_BASE_URL": "http://127.0.0.1:8000",
            "DONUT_MAIL_SERVER": "127.0.0.1",
            "DONUT_MAIL_CANARY": "0",
            "DONUT_STATE_FOLDER": str(folder),
            "DONUT_MAIL_PORT": str(port),
            "DONUT_LOG_LEVEL": "WARNING",
        }
    )


def running_survey() -> tuple[Survey, SurveyVersion]:
    """Return a survey that runs for ever and its version, for a session to take in."""
    survey = Survey(
        code="bench",
        definition=DEFINITION,
        opens_at=BEFORE,
        closes_at=NEVER,
        created_at=BEFORE,
        updated_at=BEFORE,
        launched_at=BEFORE,
    )
    version = SurveyVersion(
        survey=survey, number=1, definition=DEFINITION, notice_version="1", created_at=BEFORE
    )
    return survey, version


def _fill(count: int) -> None:
    """Put a survey with one due mailing to `count` people into the database."""
    with Session(db.engine) as session:
        survey, version = running_survey()
        mailing = Mailing(
            survey=survey,
            position=1,
            kind="invitation",
            local_at="2020-01-01T00:00",
            timezone="Europe/Istanbul",
            due_at=BEFORE,
            late_after_s=2_000_000_000,
            subject={"tr": "{ad}, görüşünüz bizim için değerli"},
            text=TEXT,
            question=QUESTION,
            state="enqueued",
        )
        session.add_all([version, mailing])
        session.add_all(_message(number, mailing, version) for number in range(count))
        session.commit()


def _message(number: int, mailing: Mailing, version: SurveyVersion) -> Message:
    alumnus = Alumnus(
        external_id=str(number),
        given_name="Ayşe",
        family_name="Yılmaz",
        email=f"ayse.yilmaz{number}@example.com",
        programme="Bilgisayar Mühendisliği",
        registered_at=BEFORE,
        updated_at=BEFORE,
    )
    invitation = Invitation(
        survey=mailing.survey,
        survey_version=version,
        alumnus=alumnus,
        public_id=new_public_id(),
        created_at=BEFORE,
    )
    return Message(mailing=mailing, invitation=invitation, due_at=BEFORE, expires_at=NEVER)


def _compose_all() -> list[Envelope]:
    box = toolbox()
    writer = Writer(house=read_house(box.settings), keys=box.keys)
    with Session(db.engine) as session:
        ids, now = session.scalars(select(Message.id)).all(), box.clock.now()
        standings = read_standings(session, message_ids=ids, keys=box.keys, now=now)
        people = [found for found in standings.values() if isinstance(found, Addressed)]
        for addressed in people:
            writer.learn(session, addressed)
    drafts = [writer.draft(addressed, now=now) for addressed in people]
    return [envelope for envelope in drafts if envelope]


def _measure_limit(envelopes: list[Envelope], port: int) -> Figure:
    start = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as client:
        for envelope in envelopes:
            client.sendmail(envelope.sender, envelope.recipient, envelope.content)
    seconds = time.perf_counter() - start
    return Figure("limit: smtplib, prepared bytes, 1 connection", len(envelopes), seconds)


def _measure_naive(envelopes: list[Envelope], port: int) -> Figure:
    app = Flask(__name__)
    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
    mail = Mail(app)
    body = envelopes[0].content.decode()
    start = time.perf_counter()
    with app.app_context():
        for envelope in envelopes:
            mail.send(
                NaiveMessage(
                    "Görüşünüz bizim için değerli",
                    sender=envelope.sender,
                    recipients=[envelope.recipient],
                    body=body[: len(body) // 4],
                    html=body[len(body) // 4 :],
                )
            )
    seconds = time.perf_counter() - start
    return Figure("naive: loop over Flask-Mail's send", len(envelopes), seconds)


def _measure_drain(settings: Settings, connections: int) -> Figure:
    chosen = replace(settings, mail_connections=connections)
    app = create_app(toolbox=Toolbox(settings=chosen, keys=chosen.keys()))
    with app.app_context(), Session(db.engine) as session:
        session.execute(update(Message).values(state="queued", sent_at=None))
        session.commit()
    start = time.perf_counter()
    drained = drain(app, stop=Event())
    seconds = time.perf_counter() - start
    assert drained.counts["sent"] == PEOPLE
    plural = "" if connections == 1 else "s"
    return Figure(f"Dönüt, outbox to record, {connections} connection{plural}", PEOPLE, seconds)


if __name__ == "__main__":
    main()
