"""Three hosts share one mailing; one is killed, one is cut off from the database in the middle.

Not among the usual tests, since it needs root and a network of its own: `make machines`.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

from flask_migrate import upgrade
from sqlalchemy import TextClause, func, select, text
from sqlalchemy.orm import Session

from app import create_app
from models import Message, MessageState
from surveys.extensions import db
from surveys.settings import Settings
from tests.conftest import SECRET_KEY, make_settings
from tests.crash.ids import find_faults, ids_by_state
from tests.crash.network import DATABASE, MAIL, Host, running_hosts
from tests.crash.processes import make_due_messages
from tests.mail_sink import Sink, running_sink
from tests.postgresql import create_database, running_server
from tests.smtp_servers import free_port

PEOPLE = 1_500
CONNECTIONS = 2
PATIENCE_S = 120
SCHEDULER = (sys.executable, "-m", "flask", "scheduler")
HELD = (MessageState.CLAIMED, MessageState.SENDING)
EXPIRE_LEASES = text(
    "UPDATE message SET lease_until = now() WHERE id IN (SELECT id FROM message"
    " WHERE lease_until > now() AND claimed_by NOT LIKE :living FOR UPDATE SKIP LOCKED)"
)


def _environment(url: str, mail_port: int, folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],  # noqa: TID251 - a process needs the one of its parent
        "DONUT_DATABASE_URL": url,
        "DONUT_SECRET_KEY": SECRET_KEY,
        "DONUT_BASE_URL": "http://127.0.0.1:8000",
        "DONUT_MAIL_SERVER": MAIL,
        "DONUT_MAIL_PORT": str(mail_port),
        "DONUT_MAIL_CONNECTIONS": str(CONNECTIONS),
        "DONUT_MAIL_CANARY": "0",
        "DONUT_STATE_FOLDER": str(folder),
        "DONUT_LOG_LEVEL": "WARNING",
    }


def _count(session: Session, *states: MessageState) -> int:
    session.rollback()
    return session.scalars(select(func.count()).where(Message.state.in_(states))).one()


def _wait_until_none(
    session: Session, *states: MessageState, meanwhile: TextClause | None = None
) -> None:
    """Return once no message is in one of `states` any more; run `meanwhile` again and again."""
    for _ in range(PATIENCE_S * 5):
        if not _count(session, *states):
            return
        if meanwhile is not None:
            session.execute(meanwhile)
            session.commit()
        Event().wait(0.2)
    raise AssertionError(f"{_count(session, *states)} messages are still {states}")


@contextmanager
def _mailing_under_way(folder: Path) -> Iterator[tuple[Session, Settings, Sink, Sequence[Host]]]:
    """A due mailing, and a scheduler on each of three hosts; their processes are ended at last."""
    port = free_port()
    with (
        running_hosts(3) as hosts,
        running_server(folder / "server", address=DATABASE, port=port) as socket_folder,
        running_sink(address=MAIL) as sink,
        ExitStack() as ending,
    ):
        settings = make_settings(create_database(socket_folder, "donut", port=port))
        app = create_app(settings)
        url = f"postgresql+psycopg://postgres@{DATABASE}:{port}/donut"
        with app.app_context(), Session(db.engine) as session:
            ending.callback(db.engine.dispose)
            upgrade()
            make_due_messages(session, PEOPLE)
            for host in hosts:
                log = ending.enter_context((folder / f"{host.name}.log").open("wb"))
                environment = _environment(url, sink.port, folder / host.name)
                process = host.start([*SCHEDULER], environment, log=log)
                ending.callback(process.wait)
                ending.callback(host.kill)
            yield session, settings, sink, hosts


def test_mailing_survives_a_dead_host_and_one_without_the_database(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    with _mailing_under_way(tmp_path) as (session, settings, sink, (first, second, third)):
        sink.wait_for(PEOPLE // 5)
        first.kill()
        sink.wait_for(2 * PEOPLE // 5)
        second.cut_off(DATABASE)
        _wait_until_none(session, MessageState.QUEUED)
        expire = EXPIRE_LEASES.bindparams(living=f"{third.name}-%")
        # Fifteen minutes later, by the database's clock; what the host that was cut off has locked
        # comes free within a minute.
        _wait_until_none(session, MessageState.QUEUED, *HELD, meanwhile=expire)
        second.reconnect(DATABASE)
        sink.wait_for(PEOPLE - 2 * CONNECTIONS)
        states = ids_by_state(session, settings)

    assert find_faults(sink.message_ids, states, people=PEOPLE, most_unknown=2 * CONNECTIONS) == []
