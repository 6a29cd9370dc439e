"""kill -9 among four senders of one mailing: those that live go on, and nobody gets two."""

import logging
import random
import subprocess
from contextlib import ExitStack
from threading import Event

import pytest
from sqlalchemy.orm import Session

from surveys.settings import Settings
from tests.crash.ids import find_faults, ids_by_state
from tests.crash.processes import PEOPLE, make_due_messages, start
from tests.mail_sink import running_sink

KILLS = 20
SENDERS = 4
CONNECTIONS = 2


@pytest.mark.postgresql
def test_mailing_survives_twenty_kills_among_four_senders(
    session: Session, database_url: str, settings: Settings
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    logging.getLogger(__name__).warning("seed %s", seed)
    make_due_messages(session, PEOPLE)

    kills = 0
    with running_sink() as sink, ExitStack() as running:

        def begin() -> subprocess.Popen[str]:
            sender = start("send", "--once", database_url=database_url, sink=sink)
            return running.enter_context(sender)

        senders = [begin() for _ in range(SENDERS)]
        while kills < KILLS and len(sink.message_ids) < PEOPLE:
            share = (PEOPLE - len(sink.message_ids)) // (KILLS - kills + 1)
            wanted = len(sink.message_ids) + chance.randint(1, max(1, share))
            sink.wait_for(min(wanted, PEOPLE))
            Event().wait(chance.uniform(0, 0.02))
            victim = chance.randrange(SENDERS)
            kills += senders[victim].poll() is None
            senders[victim].kill()
            senders[victim].communicate()
            senders[victim] = begin()
        for sender in senders:
            sender.communicate(timeout=120)
        last = begin()
        last.communicate(timeout=120)

    assert last.returncode == 0
    assert kills == KILLS
    assert not find_faults(
        sink.message_ids,
        ids_by_state(session, settings),
        people=PEOPLE,
        most_unknown=kills * CONNECTIONS,
    )
