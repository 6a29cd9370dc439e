"""Webhook deliveries a second: ours, signed and recorded, against a bare loop of HTTP requests.

Ours claims, signs, posts on a connection of its own and settles each in two transactions; the
bare loop only posts the same body to the same receiver, a connection each, one after the other.
`python -m bench.webhooks`.
"""

import http.client
import os
import socketserver
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from app import create_app
from models import EndpointStatus
from surveys.environment import read_settings
from surveys.extensions import toolbox, transaction
from surveys.jobs.courier import deliver_due
from surveys.webhooks.addresses import read_policy
from surveys.webhooks.endpoints import EndpointDraft, Maker, create_endpoint
from surveys.webhooks.events import Happening, record_event
from surveys.webhooks.types import EventType

DELIVERIES = 500
RECEIVERS = (1, 4)
BODY = b'{"type":"response_rate.updated","data":{"revision":57}}'


class _Receiver(BaseHTTPRequestHandler):
    """Reads a body and answers 204, over and over."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take what comes."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def main() -> None:
    """Measure and print a table."""
    print("Webhook deliveries, SQLite with full durability, a receiver in the same process")
    print(f"{'what':<34} {'load':>5} {'a second':>9} {'this÷bare':>10}")
    with _receiving() as port:
        bare = _bare(port)
        _print_line("bare loop of HTTP requests", bare, bare)
        for count in RECEIVERS:
            word = "receiver" if count == 1 else "receivers"
            _print_line(f"ours to {count} {word}", _ours(port, count), bare)


def _print_line(what: str, rate: float, bare: float) -> None:
    print(f"{what:<34} {os.getloadavg()[0]:>5.1f} {rate:>9,.0f} {rate / bare:>10.2f}")


def _bare(port: int) -> float:
    start = time.perf_counter()
    for _ in range(DELIVERIES):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
        connection.request("POST", "/hook", BODY, {"content-type": "application/json"})
        connection.getresponse().read()
        connection.close()
    return DELIVERIES / (time.perf_counter() - start)


def _ours(port: int, receivers: int) -> float:
    with tempfile.TemporaryDirectory() as name:
        app = _prepare(Path(name) / "donut.db", port, receivers)
        start = time.perf_counter()
        done = 0
        while done < DELIVERIES:
            done += deliver_due(app)["succeeded"]
        return done / (time.perf_counter() - start)


def _prepare(path: Path, port: int, receivers: int) -> Flask:
    """Queue DELIVERIES events in all, evenly for each of some receivers."""
    settings = {
        "DONUT_DATABASE_URL": f"sqlite:///{path}",
        "DONUT_SECRET_KEY": "only for this benchmark, on no server",
        "DONUT_BASE_URL": "http://127.0.0.1:8000",
        "DONUT_LOG_LEVEL": "ERROR",
        "DONUT_WEBHOOK_ALLOWED_NETS": "127.0.0.0/8",
    }
    app = create_app(read_settings(settings))
    with app.app_context():
        upgrade()
        tools = toolbox()
        now = tools.clock.now()
        with transaction() as session:
            for number in range(receivers):
                endpoint, _secret = create_endpoint(
                    session,
                    draft=EndpointDraft(
                        name=f"Receiver {number}",
                        url=f"http://127.0.0.1:{port}/hook/{number}",
                        event_types=(EventType.RESPONSE_RATE_UPDATED,),
                        owner_email="bim@example.edu.tr",
                    ),
                    maker=Maker("bench", is_demo=False),
                    policy=read_policy(tools.settings),
                    keys=tools.keys.data,
                    now=now,
                )
                endpoint.status = EndpointStatus.ACTIVE
            session.flush()
            for number in range(DELIVERIES // receivers):
                happening = Happening(
                    type=EventType.RESPONSE_RATE_UPDATED,
                    key=f"bench:{number}",
                    resource=f"survey:{number}",
                    revision=1,
                    data={"survey_id": "srv_pvkq4b5z4zdai", "revision": 1, "rate": 0.1404},
                )
                record_event(session, happening=happening, now=now)
    return app


@contextmanager
def _receiving() -> Iterator[int]:
    socketserver.TCPServer.request_queue_size = 128
    with ThreadingHTTPServer(("127.0.0.1", 0), _Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()


if __name__ == "__main__":
    main()
