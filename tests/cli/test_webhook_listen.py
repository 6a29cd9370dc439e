"""A local receiver: the challenge, genuine, altered, repeated and overtaken events."""

import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from flask import Flask

from surveys.cli.webhook_inbox import Inbox, Reception, Verdict
from surveys.cli.webhook_listen import make_server
from surveys.settings import ROOT
from surveys.webhooks.addresses import EgressPolicy
from surveys.webhooks.answers import Answer, Failure
from surveys.webhooks.egress import post
from surveys.webhooks.signing import Refusal, new_signing_secret, sign
from tests.conftest import NOW, SECRET_KEY

SECRET = new_signing_secret()
OTHER = new_signing_secret()
TRIAL = EgressPolicy(is_trial=True, allowed_nets=[ip_network("127.0.0.0/8")])


def make_body(kind: str = "response_rate.updated", **data: Any) -> bytes:
    return json.dumps({"type": kind, "timestamp": "2026-11-23T09:00:00Z", "data": data}).encode()


def make_headers(body: bytes, *, event_id: str = "evt_1", secret: str = SECRET) -> dict[str, str]:
    timestamp = int(NOW.timestamp())
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret, id=event_id, timestamp=timestamp, body=body),
    }


def take(inbox: Inbox, body: bytes, **over: Any) -> Reception:
    return inbox.take(headers=make_headers(body, **over), body=body, now=NOW)


def test_genuine_event_is_taken() -> None:
    found = take(Inbox([SECRET]), make_body(survey_id="srv_a", revision=3))

    assert (found.verdict, found.status, found.answer) == (Verdict.TAKEN, 200, b"")


def test_challenge_is_answered_with_itself() -> None:
    found = take(Inbox([SECRET]), make_body("endpoint.verification", challenge="abc"))

    assert json.loads(found.answer) == {"challenge": "abc"}


def test_foreign_altered_and_old_events_are_refused_and_say_why() -> None:
    inbox, body = Inbox([SECRET]), make_body()
    headers = make_headers(body)

    foreign = take(inbox, body, secret=OTHER)
    altered = inbox.take(headers=headers, body=body + b" ", now=NOW)
    old = inbox.take(headers=headers, body=body, now=NOW + timedelta(minutes=6))
    bare = inbox.take(headers={}, body=body, now=NOW)

    found = [foreign, altered, old, bare]
    assert {reception.status for reception in found} == {401}
    assert [reception.refusal for reception in found] == [
        Refusal.NO_MATCH, Refusal.NO_MATCH, Refusal.TOO_OLD, Refusal.HEADER_MISSING,
    ]  # fmt: skip


def test_either_secret_counts_while_one_replaces_the_other() -> None:
    inbox = Inbox([OTHER, SECRET])

    verdicts = [
        take(inbox, make_body(), event_id=f"evt_{n}", secret=secret).verdict
        for n, secret in enumerate([OTHER, SECRET])
    ]

    assert verdicts == [Verdict.TAKEN, Verdict.TAKEN]


def test_repeated_id_is_ignored_and_answered() -> None:
    inbox = Inbox([SECRET])
    take(inbox, make_body(revision=1))

    again = take(inbox, make_body(revision=1))

    assert (again.verdict, again.status) == (Verdict.REPEATED, 200)


def test_older_revision_that_comes_late_is_ignored_of_the_same_thing_alone() -> None:
    inbox = Inbox([SECRET])
    take(inbox, make_body(survey_id="srv_a", revision=5), event_id="evt_5")

    late = take(inbox, make_body(survey_id="srv_a", revision=4), event_id="evt_4")
    other = take(inbox, make_body(survey_id="srv_b", revision=4), event_id="evt_b")
    same = take(inbox, make_body(survey_id="srv_a", revision=5), event_id="evt_6")

    assert (late.verdict, late.status, late.newest) == (Verdict.OVERTAKEN, 200, 5)
    assert [other.verdict, same.verdict] == [Verdict.TAKEN, Verdict.TAKEN]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"type":1,"data":{}}', b"\xff", b"[" * 99_999]
)
def test_genuine_rubbish_is_malformed(body: bytes) -> None:
    assert take(Inbox([SECRET]), body).status == 400


def test_without_a_secret_nothing_passes_for_verified() -> None:
    found = Inbox([]).take(headers={"webhook-id": "evt_1"}, body=make_body(), now=NOW)

    assert found.verdict is Verdict.UNSIGNED


@dataclass
class Listener:
    port: int
    told: list[Reception] = field(default_factory=list)


@contextmanager
def listening(*secrets: str) -> Iterator[Listener]:
    state = Listener(0)
    server = make_server(Inbox(secrets), port=0, now=lambda: NOW, tell=state.told.append)
    state.port = int(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def send(port: int, body: bytes, **over: Any) -> Answer | Failure:
    url = f"http://127.0.0.1:{port}/"
    return post(url, headers=make_headers(body, **over), body=body, policy=TRIAL)


def test_our_own_egress_reaches_it() -> None:
    body = make_body("endpoint.verification", challenge="abc")
    with listening(SECRET) as listener:
        answer = send(listener.port, body)
        refused = send(listener.port, body, secret=OTHER)

    assert isinstance(answer, Answer)
    assert (answer.status, json.loads(answer.body_start)) == (200, {"challenge": "abc"})
    assert refused.status == 401
    assert [told.verdict for told in listener.told] == [Verdict.TAKEN, Verdict.REFUSED]


@pytest.mark.parametrize(
    "raw",
    [
        b"POST / HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 99999999\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"junk\r\n\r\n",
    ],
)
def test_what_is_no_post_of_an_event_is_refused(raw: bytes) -> None:
    with (
        listening(SECRET) as listener,
        socket.create_connection(("127.0.0.1", listener.port), timeout=5) as line,
    ):
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        answer = line.recv(65_536)

    assert b" 4" in answer or b" 501 " in answer or b"Error response" in answer
    assert listener.told == []


def test_secret_that_is_none_is_refused(app: Flask) -> None:
    with app.app_context():
        result = app.test_cli_runner().invoke(
            args=["webhook", "listen", "--secret", "abc", "--json"]
        )

    assert (result.exit_code, json.loads(result.output)["refused"]) == (
        1,
        "signing_secret_malformed",
    )


def test_taken_port_is_told(app: Flask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, app.app_context():
        port = str(taken.getsockname()[1])
        result = app.test_cli_runner().invoke(args=["webhook", "listen", "--port", port, "--json"])

    assert (result.exit_code, json.loads(result.output)["refused"]) == (1, "port_taken")


@contextmanager
def command(database_url: str, *args: str) -> Iterator[subprocess.Popen[str]]:
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONUNBUFFERED": "1",
        "DONUT_SECRET_KEY": SECRET_KEY,
        "DONUT_BASE_URL": "http://127.0.0.1:8000",
        "DONUT_DATABASE_URL": database_url,
        "DONUT_DEFAULT_LANGUAGE": "en",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "webhook", "listen", "--port", "0", *args],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_command_prints_what_comes_and_ends_quietly(database_url: str) -> None:
    """The signature is by the test's clock, so the command is made to look at none."""
    body = make_body(survey_id="srv_a", rate=0.25, note="\x1b[31m")
    with command(database_url) as process:
        port = int(read_line(process).split(":")[2].split("/")[0])
        introduction = [read_line(process) for _ in range(6)]
        answer = send(port, body)
        printed = [read_line(process) for _ in range(5)]

    assert answer.status == 200
    assert process.returncode == 0
    assert "DONUT_WEBHOOK_ALLOWED_NETS=127.0.0.0/8" in introduction[1]
    assert f"flask webhook add http://127.0.0.1:{port}/" in introduction[3]
    assert printed[0].startswith("response_rate.updated: taken unverified")
    assert printed[1:4] == ["  webhook-id: evt_1\n", "  survey_id: srv_a\n", "  rate: 0.25\n"]
    assert "\x1b" not in printed[4]


def test_command_prints_one_json_object_a_line(database_url: str) -> None:
    with command(database_url, "--json", "--secret", SECRET) as process:
        port = json.loads(read_line(process))["listening"].split(":")[2].rstrip("/")
        send(int(port), make_body(), secret=OTHER)
        told = json.loads(read_line(process))

    assert (told["verdict"], told["status"]) == ("refused", 401)
    assert process.returncode == 0
