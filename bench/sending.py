"""Sending: mails a second end to end, against a limit and a naive baseline at the same sink.

Limit: smtplib sending bytes that were composed before, over one connection. Naive: a loop over
one connection of Flask-Mail, which composes each mail. Ours claims, renders, sends and records.
The figures of a row are medians of its runs; limit, naive and ours take turns.
`python -m bench.sending`
"""

import json
import os
import smtplib
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flask import Flask
from flask_mail import Mail
from flask_mail import Message as NaiveMessage
from flask_migrate import upgrade

from app import create_app
from bench.databases import fresh_databases
from bench.outbox import compose_all, environment, fill, queue_all_again
from surveys.delivery.writing import Envelope
from surveys.environment import read_settings

PEOPLE = 3_000
FEW = 1_000
RUNS = 3
# At 50 ms a mail of the limit takes 0.2 s.
FAR_MS, FAR_PEOPLE = 50, 60


@dataclass(frozen=True)
class Way:
    """One way of sending: `processes` is what its rate is divided by to compare with the limit."""

    name: str
    send: Callable[[], float]
    processes: int = 1
    runs: int = RUNS


def main() -> None:
    """Measure both engines, where PostgreSQL is there, and print one table."""
    print(f"{'':<54} {'load':>5} {'mails/s':>8} {'÷limit, a process':>18} {'÷naive':>7}")
    for engine, url, folder in fresh_databases():
        _measure_engine(engine, url, folder)


@contextmanager
def running_sink(delay_ms: int = 0) -> Iterator[int]:
    """Run the sink in a process of its own; yield its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    command = [sys.executable, "-m", "bench.sink", str(port), str(delay_ms)]
    with subprocess.Popen(  # noqa: S603 - the command is our own
        command, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield port
        finally:
            process.kill()


def _measure_engine(engine: str, url: str, folder: Path) -> None:
    for delay_ms in (0, FAR_MS):
        with running_sink(delay_ms) as port:
            settings = environment(url, folder, port)
            app = create_app(read_settings(settings))
            with app.app_context():
                if not delay_ms:
                    upgrade()
                    fill(PEOPLE)
                envelopes = compose_all()
                where = f"{engine}, {delay_ms} ms round trip"
                _measure(where, _list_ways(settings, envelopes, port, delay_ms))


def _list_ways(
    settings: Mapping[str, str], envelopes: Sequence[Envelope], port: int, delay_ms: int
) -> list[Way]:
    """The limit, the naive way, and ours with some processes and connections."""
    is_sqlite = settings["DONUT_DATABASE_URL"].startswith("sqlite")
    few = envelopes[: FAR_PEOPLE if delay_ms else FEW]
    all_or_few = few if delay_ms else envelopes
    runs = 1 if delay_ms else RUNS
    ours = [(1, 16), (1, 50)] if delay_ms else [(1, 1), (1, 4), (1, 16)]
    if not is_sqlite:
        ours += [(2, 50)] if delay_ms else [(2, 16)]
    return [
        Way("limit: smtplib, prepared bytes, 1 connection", partial(_limit, all_or_few, port)),
        Way("naive: loop over one Flask-Mail connection", partial(_naive, few, port)),
        *(
            Way(
                f"Dönüt, {processes} process{'es' * (processes > 1)}, {connections}"
                f" connection{'s' * (connections > 1)} each",
                partial(_ours, settings, processes, connections),
                processes,
                runs,
            )
            for processes, connections in ours
        ),
    ]


def _measure(where: str, ways: Sequence[Way]) -> None:
    rates: dict[str, list[float]] = {way.name: [] for way in ways}
    for turn in range(RUNS):
        for way in ways:
            if turn < way.runs:
                rates[way.name].append(way.send())
    medians = [statistics.median(rates[way.name]) for way in ways]
    limit, naive = medians[:2]
    print(where)
    for way, rate in zip(ways, medians, strict=True):
        print(
            f"  {way.name:<52} {os.getloadavg()[0]:>5.1f} {rate:>8,.0f}"
            f" {rate / way.processes / limit:>18.2f} {rate / naive:>7.2f}",
            flush=True,
        )


def _limit(envelopes: Sequence[Envelope], port: int) -> float:
    start = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as client:
        for envelope in envelopes:
            client.sendmail(envelope.sender, envelope.recipient, envelope.content)
    return len(envelopes) / (time.perf_counter() - start)


def _naive(envelopes: Sequence[Envelope], port: int) -> float:
    app = Flask(__name__)
    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
    mail = Mail(app)
    body = envelopes[0].content.decode()
    start = time.perf_counter()
    with app.app_context(), mail.connect() as connection:
        for envelope in envelopes:
            connection.send(
                NaiveMessage(
                    "Görüşünüz bizim için değerli",
                    sender=envelope.sender,
                    recipients=[envelope.recipient],
                    body=body[: len(body) // 6],
                    html=body[len(body) // 6 :],
                )
            )
    return len(envelopes) / (time.perf_counter() - start)


def _ours(settings: Mapping[str, str], processes: int, connections: int) -> float:
    queue_all_again()
    command = [sys.executable, "-m", "bench.sender", str(connections)]
    senders = [
        subprocess.Popen(  # noqa: S603 - the command is our own
            command,
            env={**os.environ, **settings},  # noqa: TID251 - handed on to the senders
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    for sender in senders:
        _read_line(sender)
    told = [json.loads(report) for report in _run_together(senders)]
    sent, begun, ended = zip(*told, strict=True)
    assert sum(sent) == PEOPLE, told
    return sum(sent) / (max(ended) - min(begun))


def _run_together(senders: Sequence[subprocess.Popen[str]]) -> list[str]:
    for sender in senders:
        assert sender.stdin is not None
        sender.stdin.write("go\n")
        sender.stdin.flush()
    return [sender.communicate()[0] for sender in senders]


def _read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


if __name__ == "__main__":
    main()
