"""A receiver as a process of its own, and what is posted to it."""

import http.client
import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from surveys.clock import SystemClock
from surveys.settings import ROOT
from surveys.tokens import new_id
from surveys.webhooks.signing import sign

RECEIVERS = ROOT / "docs" / "integration" / "receivers"
SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
NEW_SECRET = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
FOREIGN_SECRET = "whsec_QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8="
HREF = "https://anket.example.edu.tr/api/v1/surveys/{}/response-rate"


class Language(StrEnum):
    """What the receivers of the guide are written in."""

    PYTHON = "python"
    CSHARP = "csharp"
    PHP = "php"


class NotStarted(Exception):
    """A receiver ended before it listened; the text is what it said."""


@dataclass(frozen=True)
class Answer:
    """What a receiver said."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Receiver:
    """A running receiver. `journal` is the file that it keeps its events in."""

    port: int
    journal: Path
    process: "subprocess.Popen[str]"

    def post(self, headers: dict[str, str], body: bytes, method: str = "POST") -> Answer:
        """Post as Dönüt does; header values may hold any letter of Latin-1."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, "/", body, {"Content-Type": "application/json", **headers})
            response = connection.getresponse()
            return Answer(response.status, response.read())
        finally:
            connection.close()

    def outcomes(self, message_id: str) -> list[str]:
        """What the journal says of an event: `new`, `older`, or nothing."""
        if not self.journal.exists():
            return []
        rows = [line.split("\t") for line in self.journal.read_text("utf-8").splitlines()]
        return [row[1] for row in rows if row[0] == message_id]


@dataclass(frozen=True)
class Message:
    """One event to post: its id, and its body as bytes."""

    id: str
    body: bytes


def make_message(*, type: str = "response_rate.updated", **data: Any) -> Message:  # noqa: A002 - the field's name
    """An event of a survey of its own; `data` adds to what it says."""
    href = HREF.format(f"srv_{new_id()}")
    document = {"type": type, "timestamp": "2025-11-22T14:00:03Z", "api_version": "2025-11-01"}
    content = {**document, "data": {"revision": 57, "href": href, **data}}
    return Message(f"evt_{new_id(128)}", json.dumps(content, ensure_ascii=False).encode())


def sign_message(message: Message, *secrets: str, age_s: int = 0) -> dict[str, str]:
    """The three headers, signed with each of the secrets, as if sent `age_s` seconds ago."""
    timestamp = int(SystemClock().now().timestamp()) - age_s
    signatures = [
        sign(secret, id=message.id, timestamp=timestamp, body=message.body)
        for secret in secrets or [SECRET]
    ]
    return {
        "webhook-id": message.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


@contextmanager
def run_receiver(command: list[str], *, secrets: list[str], journal: Path) -> Iterator[Receiver]:
    """Run a receiver until the block ends; it is killed, as a machine that fails would do."""
    port = _free_port()
    environment = {
        "PATH": os.environ["PATH"],  # noqa: TID251 - a process needs the one of its parent
        "DONUT_WEBHOOK_SECRETS": " ".join(secrets),
        "DONUT_JOURNAL": str(journal),
    }
    process = subprocess.Popen(
        [part.format(port=port) for part in command],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A write beyond a limit then fails in the program instead of ending it.
        restore_signals=False,
    )
    with process:
        try:
            assert process.stdout is not None
            _await_start(process.stdout, port)
            # What it says further is read away, so that it never waits for a reader.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            yield Receiver(port, journal, process)
        finally:
            process.kill()


def _await_start(output: IO[str], port: int) -> None:
    """Read until it names its address, as all three do once they listen."""
    said = []
    for line in output:
        said.append(line)
        if f"127.0.0.1:{port}" in line:
            return
    raise NotStarted("".join(said))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
