"""Real processes of the application, on the database and the mail server of a test."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Message
from tests.conftest import SECRET_KEY, state_folder
from tests.factories import make_mailing, make_messages, make_survey
from tests.mail_sink import Sink

# Real processes read the real clock: everything is due, and nothing ever ends.
BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
NEVER = datetime(2100, 1, 1, tzinfo=UTC)
NEVER_LATE_S = 2_000_000_000
# Few enough to be quick; `make crash` takes more.
PEOPLE = int(os.environ.get("CRASH_PEOPLE", "500"))  # noqa: TID251 - how long the test may be


@contextmanager
def start(
    *command: str, database_url: str, sink: Sink, connections: int = 2, **settings: str
) -> Iterator[subprocess.Popen[str]]:
    """Start `flask …`; its output is piped. A test that gives up does not wait for its end.

    `settings` are further ones, by name without their prefix.
    """
    environment = {
        "PATH": os.environ["PATH"],  # noqa: TID251 - a process needs the one of its parent
        "DONUT_DATABASE_URL": database_url,
        "DONUT_SECRET_KEY": SECRET_KEY,
        "DONUT_BASE_URL": "http://127.0.0.1:8000",
        "DONUT_MAIL_SERVER": "127.0.0.1",
        "DONUT_MAIL_CANARY": "0",
        "DONUT_STATE_FOLDER": state_folder(database_url),
        "DONUT_MAIL_PORT": str(sink.port),
        "DONUT_MAIL_CONNECTIONS": str(connections),
        "DONUT_LOG_LEVEL": "WARNING",
        **{f"DONUT_{name}": value for name, value in settings.items()},
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", *command],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def make_due_messages(session: Session, count: int) -> list[Message]:
    """Messages of one running survey, committed and due."""
    survey = make_survey(session, opens_at=BEFORE, closes_at=NEVER)
    mailing = make_mailing(
        session, survey=survey, state="enqueued", due_at=BEFORE, late_after_s=NEVER_LATE_S
    )
    times = {"due_at": BEFORE, "expires_at": NEVER}
    return make_messages(session, count, survey=survey, mailing=mailing, **times)


def make_planned_mailing(session: Session, count: int, **over: Any) -> None:
    """A mailing that is due and not yet in the outbox, to `count` people, committed."""
    survey = make_survey(session, opens_at=BEFORE, closes_at=NEVER)
    make_messages(session, count, survey=survey, state="sent", sent_at=BEFORE)
    make_mailing(session, survey=survey, due_at=BEFORE, late_after_s=NEVER_LATE_S, **over)
    session.commit()
