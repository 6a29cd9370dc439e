"""The service as it runs: gunicorn on a socket, a real database, the machine's own clock."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from surveys.settings import ROOT
from tests.conftest import SECRET_KEY

NO_LIMIT = "1000000"


@contextmanager
def running_service(database_url: str, *, log: Path, **over: str) -> Iterator[str]:
    """Yield the address of a gunicorn of its own; its lines go to `log`.

    The socket listens before gunicorn does, so the first request waits for nobody.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener, log.open("w") as lines:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}"]
        server = subprocess.Popen(
            [*command, "wsgi:app"],
            cwd=ROOT,
            env=_environment(database_url, url, over),
            pass_fds=[listener.fileno()],
            stdout=lines,
            stderr=lines,
        )
        try:
            yield url
        finally:
            server.terminate()
            server.wait()


def _environment(database_url: str, url: str, over: dict[str, str]) -> dict[str, str]:
    settings = {
        "DATABASE_URL": database_url,
        "SECRET_KEY": SECRET_KEY,
        "BASE_URL": url,
        "LOG_FORMAT": "json",
        "API_REQUESTS_A_MINUTE": NO_LIMIT,
        "API_REFUSALS_A_MINUTE": NO_LIMIT,
        **over,
    }
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},  # noqa: TID251
        **{f"DONUT_{name}": value for name, value in settings.items()},
    }
