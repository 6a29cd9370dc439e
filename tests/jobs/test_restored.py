"""A backup that was put back repeats nothing: sending stops, what was due stands in doubt."""

import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from models import AuditEntry, Beat, Invitation, Message, SenderState
from surveys.clock import SystemClock
from surveys.delivery.brakes import find_brake, resume_sending
from surveys.delivery.marks import Mark
from surveys.delivery.restored import RESTORED, UNREMEMBERED
from surveys.jobs.claimer import name_process
from surveys.jobs.sending import Terms, drain
from surveys.jobs.table import plan_mailings
from surveys.jobs.watermark import StateFolderUnusable, keep_watermark, read_watermark
from surveys.settings import ROOT, Settings
from tests.conftest import NOW
from tests.factories import make_invitation, make_mailing, make_messages, make_survey
from tests.mail_sink import Sink


def _send(app: Flask, sink: Sink) -> None:
    drain(app, stop=Event(), terms=Terms(patience_s=5, server=sink.server))


def test_restored_backup_sends_nothing_and_asks(app: Flask, session: Session, sink: Sink) -> None:
    messages = make_messages(session, 3)
    _send(app, sink)
    # What a backup from before that drain would hold.
    for message in messages:
        message.state, message.sent_at, message.sending_at = "queued", None, None
    session.get_one(SenderState, 1).claim_number = 0
    session.commit()

    _send(app, sink)
    _send(app, sink)

    assert len(sink.message_ids) == 3
    session.expire_all()
    brake = find_brake(session)
    assert brake is not None
    assert brake.reason == RESTORED
    assert {(m.state, m.reason) for m in session.query(Message)} == {("unknown", RESTORED)}
    assert {case.mail_state for case in session.query(Invitation)} == {"sent"}
    assert [entry.action for entry in session.query(AuditEntry)] == ["outbox.restored"]


def test_staff_are_asked_once(app: Flask, session: Session, sink: Sink) -> None:
    make_messages(session, 2)
    _send(app, sink)
    session.get_one(SenderState, 1).claim_number = 0
    session.commit()
    _send(app, sink)
    resume_sending(session)
    make_messages(session, 2)
    session.commit()

    _send(app, sink)

    assert len(sink.message_ids) == 4
    assert find_brake(session) is None


def test_database_that_goes_on_is_left_alone(app: Flask, session: Session, sink: Sink) -> None:
    for _ in range(3):
        make_messages(session, 2)
        _send(app, sink)

    assert len(sink.message_ids) == 6
    assert find_brake(session) is None


def test_sender_that_can_not_remember_sends_nothing(
    app: Flask, session: Session, sink: Sink, settings: Settings
) -> None:
    make_messages(session, 2)
    folder = Path(settings.state_folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file where the folder should be")
    with pytest.raises(StateFolderUnusable):
        _send(app, sink)

    assert sink.message_ids == []
    folder.unlink()
    session.expire_all()
    assert {message.state for message in session.query(Message)} == {"queued"}


def _forget(settings: Settings) -> None:
    shutil.rmtree(settings.state_folder)


def _beat(session: Session, *, by: str, at: datetime) -> None:
    session.add(Beat(name="close-surveys", by=by, at=at, result={}))
    session.commit()


def test_machine_that_remembers_nothing_sends_nothing_and_asks_once(
    app: Flask, session: Session, sink: Sink, settings: Settings
) -> None:
    make_messages(session, 2)
    _send(app, sink)
    _forget(settings)
    _beat(session, by="gone:1", at=SystemClock().now() - timedelta(minutes=20))
    make_messages(session, 3)

    _send(app, sink)

    session.expire_all()
    brake = find_brake(session)
    assert brake is not None
    assert brake.reason == UNREMEMBERED
    assert len(sink.message_ids) == 2
    assert [message.state for message in session.query(Message)].count("unknown") == 3
    resume_sending(session)
    make_messages(session, 1)
    _send(app, sink)
    assert len(sink.message_ids) == 3


def test_machine_that_joins_others_at_work_sends_at_once(
    app: Flask, session: Session, sink: Sink, settings: Settings
) -> None:
    make_messages(session, 2)
    _send(app, sink)
    _forget(settings)
    _beat(session, by="other:1", at=SystemClock().now() - timedelta(minutes=1))
    make_messages(session, 3)

    _send(app, sink)

    assert len(sink.message_ids) == 5
    assert find_brake(session) is None


def test_own_beat_does_not_speak_for_others(
    app: Flask, session: Session, sink: Sink, settings: Settings
) -> None:
    make_messages(session, 2)
    _send(app, sink)
    _forget(settings)
    _beat(session, by=name_process(), at=SystemClock().now())

    _send(app, sink)

    session.expire_all()
    assert find_brake(session) is not None


def test_machine_that_met_a_database_remembers_it_before_it_has_sent(
    app: Flask, session: Session, sink: Sink, settings: Settings
) -> None:
    session.commit()

    _send(app, sink)

    database_id = session.get_one(SenderState, 1).database_id
    assert read_watermark(Path(settings.state_folder), database_id) == Mark(database_id, 0)


@pytest.mark.parametrize("written", ["", "{}", "[1]", '{"claim_number": "x"}'])
def test_spoiled_memory_is_none(tmp_path: Path, written: str) -> None:
    (tmp_path / "sent-up-to-a.json").write_text(written)

    assert read_watermark(tmp_path, "a") is None


def test_memory_never_falls(tmp_path: Path) -> None:
    for number in (3, 2, 5, 4):
        keep_watermark(tmp_path, Mark("a", number))
    keep_watermark(tmp_path, Mark("b", 1))

    assert read_watermark(tmp_path, "a") == Mark("a", 5)
    assert read_watermark(tmp_path, "b") == Mark("b", 1)


def test_mailing_that_a_backup_has_yet_to_send_is_held(
    app: Flask, session: Session, sink: Sink
) -> None:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, due_at=NOW - timedelta(hours=1))
    make_invitation(session, survey=survey)
    make_messages(session, 1)
    _send(app, sink)
    session.get_one(SenderState, 1).claim_number = 0
    session.commit()

    with app.app_context():
        plan_mailings()
    session.expire_all()

    assert (mailing.state, mailing.held_at) == ("held", NOW)
    assert find_brake(session) is not None
    assert session.query(Message).filter_by(mailing_id=mailing.id).count() == 0


def test_processes_that_share_a_folder_keep_the_highest_number(tmp_path: Path) -> None:
    """As containers do, whose process numbers are all the same."""
    keeping = (
        "import os, sys; from pathlib import Path; os.getpid = lambda: 1;"
        "from surveys.delivery.marks import Mark;"
        "from surveys.jobs.watermark import keep_watermark;"
        "[keep_watermark(Path(sys.argv[1]), Mark('a', n)) for n in range(int(sys.argv[2]), 400, 2)]"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", keeping, str(tmp_path), str(first)], cwd=ROOT)
        for first in (1, 2)
    ]

    assert [process.wait(60) for process in processes] == [0, 0]
    assert read_watermark(tmp_path, "a") == Mark("a", 399)
