"""A gunicorn of its own for a benchmark, as `gunicorn.conf.py` sets it up."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from surveys.settings import ROOT


@contextmanager
def served(target: str, environment: dict[str, str]) -> Iterator[int]:
    """Yield the port of a gunicorn of its own; ends it afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", target]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)  # noqa: S603 - our own command
    try:
        _wait_until_open(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait_until_open(port: int) -> None:
    for _attempt in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("gunicorn did not start")
