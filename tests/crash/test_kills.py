"""kill -9 at random moments of one mailing: nobody gets two, nobody is silently left out."""

import json
import logging
import random
import subprocess
from threading import Event

from sqlalchemy.orm import Session

from surveys.settings import Settings
from tests.crash.ids import find_faults, ids_by_state
from tests.crash.processes import PEOPLE, make_due_messages, start
from tests.mail_sink import Sink, running_sink

KILLS = 20
CONNECTIONS = 2


def _kill_after(process: subprocess.Popen[str], sink: Sink, *, mails: int, delay_s: float) -> bool:
    """Kill `process` a moment after so many more mails; tell whether it was still at work."""
    sink.wait_for(min(len(sink.message_ids) + mails, PEOPLE))
    Event().wait(delay_s)
    was_at_work = process.poll() is None
    process.kill()
    process.communicate()
    return was_at_work


def test_mailing_survives_twenty_kills(
    session: Session, database_url: str, settings: Settings
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    logging.getLogger(__name__).warning("seed %s", seed)
    make_due_messages(session, PEOPLE)

    kills = 0
    with running_sink() as sink:
        while kills < KILLS and len(sink.message_ids) < PEOPLE:
            # One share more than there are kills: the last one too finds the sender at work.
            share = (PEOPLE - len(sink.message_ids)) // (KILLS - kills + 1)
            mails, delay_s = chance.randint(1, max(1, share)), chance.uniform(0, 0.02)
            with start("send", "--once", database_url=database_url, sink=sink) as process:
                kills += _kill_after(process, sink, mails=mails, delay_s=delay_s)
        with start("send", "--once", "--json", database_url=database_url, sink=sink) as process:
            said, _ = process.communicate(timeout=60)

    assert process.returncode == 0
    assert json.loads(said).keys() == {"sent", "failed", "suppressed", "unknown"}
    assert kills == KILLS
    assert not find_faults(
        sink.message_ids,
        ids_by_state(session, settings),
        people=PEOPLE,
        most_unknown=kills * CONNECTIONS,
    )
