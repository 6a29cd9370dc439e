"""Where the demo runs: a folder, free ports, an environment, and the processes in it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surveys.tokens import new_secret

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
START_LIMIT_S = 60.0
POLL_S = 0.1


class DemoFailed(Exception):
    """A step did not work; the text says which and what it printed."""


@dataclass(frozen=True)
class Stage:
    """Where the demo runs: its folder, its addresses, and the environment of its commands."""

    folder: Path
    base_url: str
    mailbox_url: str
    smtp_port: int
    environment: dict[str, str]

    def flask(self, *arguments: str) -> dict[str, Any]:
        """Run one `flask …` command as an office would; return its JSON."""
        command = [sys.executable, "-m", "flask", *arguments, "--json"]
        done = subprocess.run(  # noqa: S603 - fixed commands of our own
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise DemoFailed(f"flask {' '.join(arguments)}\n{done.stdout}{done.stderr}")
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return result

    def migrate(self) -> None:
        """Bring the database to the newest schema."""
        command = [sys.executable, "-m", "flask", "db", "upgrade"]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True)  # noqa: S603 - our own

    @contextmanager
    def process(self, *command: str) -> Iterator[None]:
        """Keep a process running until the block ends."""
        running = subprocess.Popen(  # noqa: S603 - fixed commands of our own
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=self.environment,
            # Ctrl-C reaches the demo alone, which then ends them in order.
            start_new_session=True,
        )
        try:
            yield
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait()


def set_stage(port: int) -> Stage:
    """Return a stage in an emptied folder, with keys of its own and free ports beside `port`."""
    if not _is_free(port):
        other = f"make demo PORT={port + 100}"
        raise DemoFailed(f"{port} numaralı bağlantı noktası dolu / port {port} is taken: {other}")
    # By port, so that a second demo beside this one does not empty its folder.
    folder = ROOT / "instance" / f"demo-{port}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mailbox_port, smtp_port = _free_ports(2)
    base_url = f"http://{HOST}:{port}"
    own = {
        "DATABASE_URL": f"sqlite:///{folder / 'donut.db'}",
        "SECRET_KEY": new_secret(),
        "STATE_FOLDER": str(folder),
        "BASE_URL": base_url,
        "MAIL_SERVER": HOST,
        "MAIL_PORT": str(smtp_port),
        "MAIL_DEFAULT_SENDER": "Örnek Üniversitesi Mezunlar Ofisi <mezun@ornek.example>",
        "ORGANISATION_NAME": "Örnek Üniversitesi",
        "ORGANISATION_NAME_EN": "Example University",
        # So that a receiver on this machine can be tried out.
        "WEBHOOK_ALLOWED_NETS": "127.0.0.0/8",
        "LOG_LEVEL": "WARNING",
    }
    # Settings of a real service in the caller's environment must not reach the demo.
    outer = {k: v for k, v in os.environ.items() if not k.startswith("DONUT_")}  # noqa: TID251 - handed on to child processes
    environment = {**outer, **{f"DONUT_{name}": value for name, value in own.items()}}
    return Stage(folder, base_url, f"http://{HOST}:{mailbox_port}", smtp_port, environment)


def wait_for(url: str) -> None:
    """Return once `url` answers. Raises DemoFailed after a minute."""
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        try:
            fetch(url)
        except OSError:
            time.sleep(POLL_S)
        else:
            return
    raise DemoFailed(f"{url} did not answer")


def wait_for_port(port: int) -> None:
    """Return once something listens on `port`. Raises DemoFailed after a minute."""
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        with suppress(OSError):
            socket.create_connection((HOST, port), timeout=1).close()
            return
        time.sleep(POLL_S)
    raise DemoFailed(f"nothing listens on port {port}")


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    return _free_ports(1)[0]


def fetch(url: str) -> bytes:
    """Return what `url` answers. Raises OSError."""
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - addresses of our own
        content: bytes = answer.read()
    return content


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
