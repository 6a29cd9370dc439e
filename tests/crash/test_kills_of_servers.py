"""What senders rest on dies in the middle of a mailing: the database, the mail server, the disk."""

import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from flask_migrate import upgrade
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import create_app
from models import Message, MessageState
from surveys.extensions import db
from surveys.settings import ROOT, Settings
from tests.conftest import make_settings, server_folder
from tests.crash.ids import find_faults, ids_by_state
from tests.crash.processes import PEOPLE, make_due_messages, start
from tests.mail_sink import Sink, running_sink
from tests.postgresql import create_database, kill_server, running_server, start_server

KILLS = 3
ROOM_BYTES = 300_000
CONNECTIONS = 2
UNSETTLED = (MessageState.QUEUED, MessageState.CLAIMED, MessageState.SENDING)
PATIENCE_S = 120


def _wait_until(is_so: Callable[[], bool]) -> None:
    for _ in range(PATIENCE_S * 10):
        if is_so():
            return
        Event().wait(0.1)
    raise AssertionError("waited in vain")


def _is_settled(session: Session) -> bool:
    session.rollback()
    left = select(func.count()).where(Message.state.in_(UNSETTLED))
    return session.scalars(left).one() == 0


@contextmanager
def _filled(url: str) -> Iterator[tuple[Session, Settings]]:
    """A database that only this test rests on, with due messages in it."""
    settings = make_settings(url)
    app = create_app(settings)
    with app.app_context(), Session(db.engine) as session:
        upgrade()
        make_due_messages(session, PEOPLE)
        try:
            yield session, settings
        finally:
            session.close()
            db.engine.dispose()


@pytest.mark.postgresql
def test_mailing_survives_a_killed_database() -> None:
    with (
        server_folder() as folder,
        running_server(folder) as socket_folder,
        _filled(url := create_database(socket_folder, "donut")) as (session, settings),
        running_sink() as sink,
        start("scheduler", database_url=url, sink=sink),
        start("scheduler", database_url=url, sink=sink),
    ):
        for _ in range(KILLS):
            sink.wait_for(len(sink.message_ids) + PEOPLE // (KILLS + 2))
            session.close()
            kill_server(folder)
            start_server(folder)
            db.engine.dispose()
        _wait_until(lambda: _is_settled(session))
        states = ids_by_state(session, settings)

    most = KILLS * 2 * CONNECTIONS
    assert find_faults(sink.message_ids, states, people=PEOPLE, most_unknown=most) == []


@contextmanager
def _mail_server(port: int, taken: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.crash.mail_server", str(port), str(taken)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGKILL)


def _read(taken: Path) -> list[str]:
    return taken.read_text(encoding="ascii").splitlines() if taken.exists() else []


def _has_taken(taken: Path, wanted: int) -> bool:
    return len(_read(taken)) >= wanted


def test_mailing_survives_a_killed_mail_server(
    session: Session, database_url: str, settings: Settings, tmp_path: Path
) -> None:
    make_due_messages(session, PEOPLE)
    sink, taken = Sink(), tmp_path / "taken"

    with start("scheduler", database_url=database_url, sink=sink):
        for number in range(1, KILLS + 1):
            with _mail_server(sink.port, taken):
                wanted = number * PEOPLE // (KILLS + 2)
                _wait_until(partial(_has_taken, taken, wanted))
        with _mail_server(sink.port, taken):
            _wait_until(lambda: _is_settled(session))

    states = ids_by_state(session, settings)
    assert find_faults(_read(taken), states, people=PEOPLE, most_unknown=KILLS * CONNECTIONS) == []


def test_mailing_survives_a_full_disk(tmp_path: Path) -> None:
    """No file may grow beyond a size, which SQLite meets as a full disk."""
    url = f"sqlite:///{tmp_path / 'donut.db'}"
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)

    with _filled(url) as (session, settings), running_sink() as sink:
        largest = max(path.stat().st_size for path in tmp_path.glob("donut.db*"))
        with start("send", "--once", database_url=url, sink=sink) as full:
            resource.prlimit(full.pid, resource.RLIMIT_FSIZE, (largest + ROOM_BYTES, most))
            full.communicate(timeout=60)
        went = len(sink.message_ids)
        with start("send", "--once", database_url=url, sink=sink) as again:
            again.communicate(timeout=60)
        states = ids_by_state(session, settings)

    assert (full.returncode != 0, again.returncode) == (True, 0)
    assert 0 < went < PEOPLE
    assert find_faults(sink.message_ids, states, people=PEOPLE, most_unknown=CONNECTIONS) == []
