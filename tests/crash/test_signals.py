"""Ending, freezing and doubling the processes that send."""

import os
import signal
import sqlite3
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Message
from surveys.delivery.recovery import Recovered, recover_expired
from tests.crash.processes import make_due_messages, make_planned_mailing, start
from tests.mail_sink import Sink, running_sink

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def _states(session: Session) -> Counter[str]:
    session.rollback()
    return Counter(session.scalars(select(Message.state)))


def test_two_schedulers_send_every_mail_once(session: Session, database_url: str) -> None:
    make_planned_mailing(session, 150)

    with (
        running_sink() as sink,
        start("scheduler", database_url=database_url, sink=sink) as one,
        start("scheduler", database_url=database_url, sink=sink) as two,
    ):
        sink.wait_for(150)
        for process in (one, two):
            process.terminate()
        said = [process.communicate(timeout=30) for process in (one, two)]

    assert [one.returncode, two.returncode] == [0, 0], said
    assert len(set(sink.message_ids)) == len(sink.message_ids) == 150
    assert _states(session) == {"sent": 300}


def test_terminated_scheduler_leaves_nothing_in_doubt(session: Session, database_url: str) -> None:
    make_due_messages(session, 300)

    with (
        running_sink() as sink,
        start("scheduler", database_url=database_url, sink=sink) as process,
    ):
        sink.wait_for(20)
        process.terminate()
        process.communicate(timeout=30)

    states = _states(session)
    assert process.returncode == 0
    assert states["sent"] == len(sink.message_ids) == len(set(sink.message_ids))
    assert states.keys() == {"sent", "queued"}


def test_sender_that_is_interrupted_ends_well(session: Session, database_url: str) -> None:
    make_due_messages(session, 300)

    with (
        running_sink() as sink,
        start("send", "--once", "--json", database_url=database_url, sink=sink) as process,
    ):
        sink.wait_for(5)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)

    assert process.returncode == 0
    assert _states(session).keys() == {"sent", "queued"}


def test_frozen_sender_that_wakes_up_sends_nothing_twice(
    session: Session, database_url: str
) -> None:
    # As many as a sender claims at first.
    make_due_messages(session, 20)
    is_frozen = Event()

    with running_sink() as sink:
        command = ("send", "--once", "--json")
        with start(*command, database_url=database_url, sink=sink, connections=1) as process:
            sink.on_mail = lambda: _freeze_once(sink, process.pid, is_frozen, database_url)
            assert is_frozen.wait(60)
            session.execute(update(Message).values(lease_until=LONG_AGO))
            recovered = recover_expired(session)
            session.commit()
            os.kill(process.pid, signal.SIGCONT)
            said = process.communicate(timeout=60)

    assert recovered == Recovered(queued_count=19, unknown_count=1)
    assert process.returncode == 0, said
    assert len(set(sink.message_ids)) == len(sink.message_ids) == 20
    assert _states(session) == {"sent": 19, "unknown": 1}


def _freeze_once(sink: Sink, process_id: int, is_frozen: Event, database_url: str) -> None:
    """Stop the sender while it waits for the answer to its final dot, and writes nothing."""
    sink.on_mail = bool
    _stop(process_id)
    while not _can_be_written(database_url):
        os.kill(process_id, signal.SIGCONT)
        Event().wait(0.02)
        _stop(process_id)
    is_frozen.set()


def _stop(process_id: int) -> None:
    """Stop a process and wait until it stands: a busy machine lets it run on for a while."""
    os.kill(process_id, signal.SIGSTOP)
    while _states_of_threads(process_id) != {"T"}:
        Event().wait(0.01)


def _states_of_threads(process_id: int) -> set[str]:
    """The letters of proc(5) for what the threads of a process do."""
    found = Path(f"/proc/{process_id}/task").glob("*/stat")
    return {stat.read_text().rpartition(")")[2].split()[0] for stat in found}


def _can_be_written(database_url: str) -> bool:
    """Whether the frozen process left SQLite's one lock free; PostgreSQL locks rows alone."""
    if not database_url.startswith("sqlite"):
        return True
    connection = sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=0)
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return True
