"""How gunicorn serves Dönüt: real threads, no control socket, no line that could hold a link."""

import logging
import os
import sys
from typing import Any

from surveys.environment import InvalidSettings, read_settings, refuse_counting_apart

# The embedded default is one process: SQLite has one writer at a time. With PostgreSQL, raise it.
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))  # noqa: TID251 - gunicorn's own setting
threads = 8
worker_class = "gthread"
accesslog = None
loglevel = "warning"
limit_request_line = 4094
timeout = 60
graceful_timeout = 40
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Stop the start itself: a worker that fails on its settings would be started for ever."""
    try:
        refuse_counting_apart(read_settings(), str(server.cfg.workers))
    except InvalidSettings as error:
        sys.exit(str(error))


def post_worker_init(_worker: object) -> None:
    """Send gunicorn's own lines, which quote addresses as they came, where tokens are blanked."""
    own = logging.getLogger("gunicorn.error")
    own.handlers.clear()
    own.propagate = True
