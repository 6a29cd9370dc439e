"""On SQLite one sender has the place, and its death frees it."""

import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from surveys.jobs.locking import SenderBusy, lock_path, sole_sender

HOLDER = """
import sys
from threading import Event
from surveys.jobs.locking import sole_sender
with sole_sender(sys.argv[1], stop=Event()):
    print("held", flush=True)
    Event().wait()
"""


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'donut.db'}"


def test_lock_stands_beside_the_database(sqlite_url: str) -> None:
    assert str(lock_path(sqlite_url)).endswith("donut.db.sender")


def test_postgresql_needs_no_lock() -> None:
    with sole_sender("postgresql+psycopg:///donut", stop=Event()) as is_sole:
        pass

    assert not is_sole


def test_second_sender_is_told_that_the_first_is_there(sqlite_url: str) -> None:
    with (
        sole_sender(sqlite_url, stop=Event()) as is_sole,
        pytest.raises(SenderBusy),
        sole_sender(sqlite_url, stop=Event(), patience_s=0),
    ):
        pass

    assert is_sole


def test_waiting_ends_when_told_to_stop(sqlite_url: str) -> None:
    stop = Event()
    stop.set()

    with (
        sole_sender(sqlite_url, stop=Event()),
        pytest.raises(SenderBusy) as refusal,
        sole_sender(sqlite_url, stop=stop),
    ):
        pass

    assert refusal.value.code == "sender_busy"


def test_place_is_free_after_the_holder_left(sqlite_url: str) -> None:
    with sole_sender(sqlite_url, stop=Event()):
        pass

    with sole_sender(sqlite_url, stop=Event(), patience_s=0) as is_sole:
        pass

    assert is_sole


def test_place_is_free_after_the_holder_was_killed(sqlite_url: str) -> None:
    command = [sys.executable, "-c", HOLDER, sqlite_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        said = holder.stdout.readline()
        holder.kill()
        holder.wait()
        with sole_sender(sqlite_url, stop=Event(), patience_s=0) as is_sole:
            pass

    assert (said, is_sole) == ("held\n", True)
