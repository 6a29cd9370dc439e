"""Sending through a pgbouncer that gives each transaction whatever session is free."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from surveys.jobs.sending import Terms, drain
from tests.conftest import server_folder, skip_or_fail
from tests.factories import make_messages
from tests.jobs.conftest import AppWith
from tests.mail_sink import Sink
from tests.postgresql import OWNER
from tests.smtp_servers import free_port

pytestmark = pytest.mark.postgresql
PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")  # noqa: TID251 - where programs are, no setting


@contextmanager
def running_pool(folder: Path, socket_folder: str, port: int) -> Iterator[None]:
    """Run a pool of three sessions for many clients."""
    settings = folder / "pool.ini"
    settings.write_text(
        f"[databases]\ndonut = host={socket_folder} port=5432 dbname=donut user={OWNER}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        "auth_type = any\npool_mode = transaction\ndefault_pool_size = 3\n"
    )
    owner = OWNER if os.geteuid() == 0 else None
    with subprocess.Popen([str(PROGRAM), "--quiet", str(settings)], user=owner, cwd="/") as pool:
        try:
            _wait_until_open(port)
            yield
        finally:
            pool.terminate()


def _wait_until_open(port: int) -> None:
    for _attempt in range(100):
        try:
            psycopg.connect(host="127.0.0.1", port=port, user=OWNER, dbname="donut").close()
        except psycopg.OperationalError:
            Event().wait(0.05)
        else:
            return
    pytest.fail("pgbouncer did not start")


def test_a_pool_that_deals_out_sessions_by_transaction_sends_each_mail_once(
    app_with: AppWith, session: Session, database_url: str, sink: Sink
) -> None:
    if PROGRAM is None:
        skip_or_fail("pgbouncer is missing: install the package pgbouncer")
    make_messages(session, 200)
    direct = make_url(database_url)
    port = free_port()
    pooled = f"postgresql+psycopg://{OWNER}@127.0.0.1:{port}/donut"

    with server_folder() as folder, running_pool(folder, str(direct.query["host"]), port):
        app = app_with(database_url=pooled, mail_connections=4)
        drained = drain(app, stop=Event(), terms=Terms(patience_s=5, server=sink.server))

    assert drained.counts["sent"] == 200
    assert len(set(sink.message_ids)) == len(sink.message_ids) == 200
