"""kill -9 at random moments of one mailing: nobody gets two, nobody is silently left out."""

import json
import logging
import random
import subprocess
from collections import Counter
from threading import Event

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Message
from surveys.delivery.links import message_id
from surveys.settings import Settings
from tests.crash.processes import make_due_messages, start
from tests.mail_sink import Sink, running_sink

PEOPLE = 500
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


def _ids_by_state(session: Session, settings: Settings) -> dict[str, set[str]]:
    """State → Message-IDs, as the mails bear them."""
    session.rollback()
    key = settings.keys().hash[0]
    found: dict[str, set[str]] = {}
    for row in session.execute(select(Message.id, Message.state)):
        named = message_id(key, row_id=row.id, domain="localhost")
        found.setdefault(row.state, set()).add(named)
    return found


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

    accepted, states = Counter(sink.message_ids), _ids_by_state(session, settings)
    sent, unknown = states.get("sent", set()), states.get("unknown", set())
    assert process.returncode == 0
    assert json.loads(said).keys() == {"sent", "failed", "suppressed", "unknown"}
    assert kills == KILLS
    assert [name for name, count in accepted.items() if count > 1] == []
    assert states.keys() <= {"sent", "unknown"}
    assert len(sent | unknown) == PEOPLE
    assert sent <= accepted.keys() <= sent | unknown
    assert len(unknown) <= kills * CONNECTIONS
