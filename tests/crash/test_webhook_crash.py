"""kill -9 between sending an event and recording it: the same event comes again, never another."""

import socket
import subprocess
from ipaddress import ip_network
from threading import Event

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import WebhookAttempt, WebhookDelivery
from surveys.extensions import toolbox
from surveys.webhooks.addresses import EgressPolicy
from surveys.webhooks.endpoints import EndpointDraft, Maker, create_endpoint
from surveys.webhooks.events import Happening, record_event
from surveys.webhooks.types import EventType
from tests.conftest import NOW
from tests.crash.processes import BEFORE, start
from tests.mail_sink import running_sink
from tests.webhooks.tls_receivers import OK, receiver

LONGEST_WAIT_S = 60.0
NETWORK = "127.0.0.0/8"
POLICY = EgressPolicy(allowed_nets=[ip_network(NETWORK)], is_trial=True)


def _subscribe(app: Flask, session: Session, port: int) -> None:
    """Let a receiver at `port` have one event that is due."""
    with app.app_context():
        endpoint, _secret = create_endpoint(
            session,
            draft=EndpointDraft(
                name="Mezun Bilgi Sistemi",
                url=f"http://127.0.0.1:{port}/hook",
                event_types=(EventType.RESPONSE_RATE_UPDATED,),
                owner_email="bim@example.edu.tr",
            ),
            maker=Maker("cli", is_demo=False),
            policy=POLICY,
            keys=toolbox().keys.data,
            now=NOW,
        )
    endpoint.status = "active"
    session.flush()
    happening = Happening(
        type=EventType.RESPONSE_RATE_UPDATED,
        key="response_rate.updated:1:1",
        resource="survey:1",
        revision=1,
        data={"survey_id": "srv_pvkq4b5z4zdai", "revision": 1},
    )
    record_event(session, happening=happening, now=BEFORE)
    session.commit()


def test_killed_courier_leaves_its_event_to_the_next_one(
    app: Flask, session: Session, database_url: str
) -> None:
    running: list[subprocess.Popen[str]] = []

    def act(line: socket.socket, _stop: Event) -> None:
        # Whoever brings the first one dies with its answer on the way.
        if running:
            running.pop().kill()
        line.sendall(OK)

    command = ("job", "deliver-webhooks", "--json")
    with receiver(act) as found, running_sink() as sink:
        _subscribe(app, session, found.port)
        for is_killed in (True, False):
            with start(
                *command, database_url=database_url, sink=sink, WEBHOOK_ALLOWED_NETS=NETWORK
            ) as process:
                if is_killed:
                    running.append(process)
                process.communicate(timeout=LONGEST_WAIT_S)

    session.rollback()
    ids = [
        row.partition(b":")[2].strip()
        for request in found.requests
        for row in request.split(b"\r\n")
        if row.lower().startswith(b"webhook-id:")
    ]
    delivery = session.scalars(select(WebhookDelivery)).one()
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert delivery.status == "succeeded"
    assert session.scalars(select(WebhookAttempt.number)).all() == [1]
