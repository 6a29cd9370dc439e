"""`flask webhook …` against a real receiver: what is printed, and what becomes of the receiver."""

import json
import socket
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEntry, DeliveryState, EndpointStatus, WebhookDelivery, WebhookEndpoint
from surveys.settings import Settings
from tests.conftest import NOW, make_settings
from tests.webhooks.receivers import make_delivery
from tests.webhooks.tls_receivers import Receiver, receiver

OWNER = "bim@example.edu.tr"


@pytest.fixture
def settings(database_url: str) -> Settings:
    """A service for its own machine, which may deliver to receivers there."""
    return make_settings(
        database_url, BASE_URL="http://127.0.0.1:8000", WEBHOOK_ALLOWED_NETS="127.0.0.0/8"
    )


@pytest.fixture
def listening() -> Iterator[Receiver]:
    """A receiver that answers a challenge with itself, and everything else with 200."""
    held: list[Receiver] = []

    def act(line: socket.socket, _stop: Event) -> None:
        said = json.loads(held[0].requests[-1].partition(b"\r\n\r\n")[2])
        body = json.dumps({"challenge": said["data"].get("challenge")}).encode()
        line.sendall(f"HTTP/1.1 200 OK\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)

    with receiver(act) as found:
        held.append(found)
        yield found


def run(app: Flask, *args: str) -> tuple[int, str]:
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["webhook", *args])
    return result.exit_code, result.output


def run_json(app: Flask, *args: str) -> dict[str, Any]:
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["webhook", *args, "--json"])
    loaded: dict[str, Any] = json.loads(result.stdout)
    return loaded


def add(app: Flask, found: Receiver) -> dict[str, Any]:
    return run_json(app, "add", f"http://127.0.0.1:{found.port}/hook", "--owner", OWNER)


def one(session: Session) -> WebhookEndpoint:
    session.rollback()
    session.expire_all()
    return session.scalars(select(WebhookEndpoint)).one()


def test_receiver_is_added_verified_and_tested(
    app: Flask, session: Session, listening: Receiver
) -> None:
    made = add(app, listening)
    verified = run_json(app, "verify", made["id"])
    tested = run_json(app, "test", made["id"])

    assert made["secret"].startswith("whsec_")
    assert (made["status"], one(session).status) == ("pending", EndpointStatus.ACTIVE)
    assert (verified["status"], verified["http_status"]) == ("succeeded", 200)
    assert (tested["type"], tested["status"]) == ("endpoint.test", "succeeded")
    assert len(listening.requests) == 2


def test_words_end_with_the_secret(app: Flask, listening: Receiver) -> None:
    url = f"http://127.0.0.1:{listening.port}/hook"

    code, output = run(app, "add", url, "--owner", OWNER, "--event", "response_rate.updated")

    assert code == 0
    assert output.splitlines()[-1].startswith("whsec_")
    assert "flask webhook verify whe_" in output
    assert "indicator.updated" not in output


def test_test_of_a_silent_receiver_tells_why(
    app: Flask, session: Session, listening: Receiver
) -> None:
    made = add(app, listening)
    run(app, "verify", made["id"])
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    one(session).url = f"http://127.0.0.1:{port}/hook"
    session.commit()

    code, output = run(app, "test", made["id"])

    assert code == 0
    assert "Sunucu bağlantıyı kabul etmedi." in output


def test_secret_is_rotated(app: Flask, session: Session, listening: Receiver) -> None:
    made = add(app, listening)

    rotated = run_json(app, "rotate", made["id"], "--hours", "2")
    refused = run(app, "rotate", made["id"], "--hours", "100")

    assert rotated["secret"] != made["secret"]
    assert one(session).old_secret_until is not None
    assert refused[0] == 1


def test_receiver_is_paused_resumed_listed_and_removed(
    app: Flask, session: Session, listening: Receiver
) -> None:
    made = add(app, listening)
    early = run(app, "pause", made["id"])
    run(app, "verify", made["id"])
    paused = run_json(app, "pause", made["id"])
    resumed = run_json(app, "resume", made["id"])
    listed = run_json(app, "list")
    removed = run_json(app, "remove", made["id"])

    assert early[0] == 1
    assert (paused["status"], resumed["status"]) == ("paused", "active")
    assert [row["id"] for row in listed["endpoints"]] == [made["id"]]
    assert removed == {"id": made["id"], "deleted": True}
    assert run_json(app, "list") == {"endpoints": []}
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [a for a in actions if a.startswith("webhook.")] == [
        "webhook.add", "webhook.verify", "webhook.pause", "webhook.resume", "webhook.delete",
    ]  # fmt: skip


def test_failed_delivery_is_replayed_and_recovered(
    app: Flask, session: Session, listening: Receiver
) -> None:
    made = add(app, listening)
    run(app, "verify", made["id"])
    endpoint = one(session)
    deliveries = [
        make_delivery(session, endpoint, status=DeliveryState.FAILED, settled_at=NOW)
        for _ in range(2)
    ]
    deliveries[1].resource = "survey:2"
    first = deliveries[0].public_id
    session.commit()

    replayed = run_json(app, "replay", f"whd_{first}")
    recovered = run_json(app, "recover", made["id"], "--since", "2026-11-01")

    assert replayed["status"] == "succeeded"
    assert recovered == {"recovered": 1}
    session.rollback()
    states = session.scalars(select(WebhookDelivery.status).order_by(WebhookDelivery.id)).all()
    assert list(states) == ["succeeded", "succeeded", "pending"]


@pytest.mark.parametrize("command", ["verify", "test", "pause", "resume", "remove", "rotate"])
def test_unknown_receiver_is_told(app: Flask, command: str) -> None:
    code, output = run(app, command, "whe_aaaaaaaaaaaaa")

    assert code == 1
    assert "alıcı" in output.lower()


def test_address_that_may_not_be_told_is_refused(app: Flask, session: Session) -> None:
    code, _output = run(app, "add", "https://10.0.0.1/hook", "--owner", OWNER)

    assert code == 1
    assert session.scalars(select(WebhookEndpoint)).all() == []
