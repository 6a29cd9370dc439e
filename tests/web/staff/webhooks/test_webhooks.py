"""Receivers in the browser: added, verified by a real receiver, watched, mended, deleted."""

import json
import re
import socket
from threading import Event

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import create_app
from models import AuditEntry, EndpointStatus, Role, Staff, WebhookDelivery, WebhookEndpoint
from surveys.extensions import Toolbox, db
from surveys.jobs.courier import deliver_due
from surveys.settings import Settings
from surveys.webhooks.types import EventType
from tests.conftest import NOW, SettableClock, make_settings
from tests.web.staff.conftest import Browser, reload
from tests.webhooks.receivers import make_delivery
from tests.webhooks.tls_receivers import Behaviour, Receiver, receiver

SECRET = re.compile(r'value="(whsec_[\w+/=]+)"')
NEW = {
    "name": "Mezun Bilgi Sistemi",
    "url": "https://mezun.example.edu.tr/hook",
    "event_types": "response_rate.updated",
    "payload": "totals",
    "owner_email": "bim@example.edu.tr",
}


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Receivers of this machine's loopback may be told, as the operator allows."""
    return make_settings(database_url, WEBHOOK_ALLOWED_NETS="127.0.0.0/8")


@pytest.fixture
def admin(signed_in: Browser, staff: Staff, session: Session) -> Browser:
    session.get_one(Staff, staff.id).role = Role.ADMIN
    session.commit()
    return signed_in


def add(admin: Browser, **over: str) -> str:
    """Fill in the form and return the page that answers."""
    admin.get("/webhooks/new")
    return admin.post("/webhooks/new", {**NEW, **over}).text


def one(session: Session) -> WebhookEndpoint:
    (endpoint,) = reload(session, WebhookEndpoint)
    assert isinstance(endpoint, WebhookEndpoint)
    return endpoint


def path_of(endpoint: WebhookEndpoint) -> str:
    return f"/webhooks/whe_{endpoint.public_id}"


def echo(found: list[Receiver]) -> Behaviour:
    """Answer a challenge with itself."""

    def act(line: socket.socket, _stop: Event) -> None:
        said = json.loads(found[0].requests[-1].partition(b"\r\n\r\n")[2])
        body = json.dumps({"challenge": said["data"].get("challenge")}).encode()
        head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(body)}\r\n\r\n"
        line.sendall(head.encode() + body)

    return act


def test_secret_is_shown_once(admin: Browser, session: Session) -> None:
    page = add(admin)

    found = SECRET.search(page)
    endpoint = one(session)
    assert found
    assert endpoint.status == EndpointStatus.PENDING
    assert found[1] not in admin.get(path_of(endpoint)).text
    assert found[1] not in repr(vars(endpoint))


@pytest.mark.parametrize(
    ("over", "kept"),
    [
        ({"url": "http://mezun.example.edu.tr/"}, "http://mezun.example.edu.tr/"),
        ({"url": "https://127.0.0.1\\@1.1.1.1/"}, "https://127.0.0.1\\@1.1.1.1/"),
        ({"owner_email": "nobody"}, "nobody"),
        ({"name": ""}, "https://mezun.example.edu.tr/hook"),
    ],
)
def test_refused_form_keeps_what_was_typed(
    admin: Browser, session: Session, over: dict[str, str], kept: str
) -> None:
    admin.get("/webhooks/new")

    answer = admin.post("/webhooks/new", {**NEW, **over})

    assert answer.status_code == 422
    assert f'value="{kept}"' in answer.text
    assert reload(session, WebhookEndpoint) == []


def test_receiver_is_verified_and_tested_by_buttons(
    database_url: str, session: Session, admin: Browser, clock: SettableClock
) -> None:
    local = make_settings(
        database_url, BASE_URL="http://127.0.0.1:8000", WEBHOOK_ALLOWED_NETS="127.0.0.0/8"
    )
    courier = create_app(toolbox=Toolbox(settings=local, keys=local.keys(), clock=clock))
    held: list[Receiver] = []
    with receiver(echo(held)) as found:
        held.append(found)
        add(admin)
        endpoint = one(session)
        # The page takes https only; the courier of this test runs as a trial does.
        endpoint.url = f"http://127.0.0.1:{found.port}/hook"
        session.commit()
        admin.get(path_of(endpoint))
        admin.post(f"{path_of(endpoint)}/verify")
        deliver_due(courier)
        verified = admin.get(path_of(endpoint)).text
        admin.post(f"{path_of(endpoint)}/test")
        deliver_due(courier)
        tested = admin.get(path_of(endpoint)).text
    with courier.app_context():
        db.engine.dispose()

    assert one(session).status == EndpointStatus.ACTIVE
    assert "etkin" in verified
    assert tested.count("ulaştı") > verified.count("ulaştı")


def test_state_says_what_to_do(admin: Browser, session: Session) -> None:
    add(admin)
    endpoint = one(session)
    pages = {}
    for status in EndpointStatus:
        endpoint.status = status
        session.commit()
        pages[status] = admin.get(path_of(endpoint)).text

    assert "Doğrula" in pages[EndpointStatus.PENDING]
    assert "/pause" in pages[EndpointStatus.ACTIVE]
    assert "/resume" in pages[EndpointStatus.PAUSED]
    assert "Yeniden doğrula" in pages[EndpointStatus.DISABLED]


def test_overview_warns_of_a_receiver_that_takes_nothing(admin: Browser, session: Session) -> None:
    add(admin)
    endpoint = one(session)
    endpoint.status = EndpointStatus.ACTIVE
    session.commit()
    calm = admin.get("/").text
    endpoint.failing_since = NOW
    session.commit()

    troubled = admin.get("/").text

    assert path_of(endpoint) not in calm
    assert path_of(endpoint) in troubled


def test_message_shows_what_was_sent_with_its_signature_masked(
    admin: Browser, session: Session
) -> None:
    add(admin)
    endpoint = one(session)
    endpoint.status = EndpointStatus.ACTIVE
    delivery = make_delivery(session, endpoint)
    session.commit()

    page = admin.get(f"{path_of(endpoint)}/deliveries/whd_{delivery.public_id}").text

    assert "webhook-id" in page
    assert "v1,••••••••" in page
    assert "curl" in page


def test_failed_message_goes_again_by_a_button(admin: Browser, session: Session) -> None:
    add(admin)
    endpoint = one(session)
    endpoint.status = EndpointStatus.ACTIVE
    delivery = make_delivery(session, endpoint, status="failed", settled_at=NOW)
    session.commit()
    path = f"{path_of(endpoint)}/deliveries/whd_{delivery.public_id}"
    admin.get(path)

    admin.post(f"{path}/replay")

    assert [row.status for row in reload(session, WebhookDelivery)] == ["pending"]


def test_log_is_narrowed_by_state_and_kind(admin: Browser, session: Session) -> None:
    add(admin)
    endpoint = one(session)
    failed = make_delivery(session, endpoint, status="failed", settled_at=NOW)
    other = make_delivery(session, endpoint, kind=EventType.SURVEY_CLOSED)
    session.commit()

    page = admin.get(f"{path_of(endpoint)}?status=failed").text

    assert failed.public_id in page
    assert other.public_id not in page


def test_new_secret_replaces_the_old_one(admin: Browser, session: Session) -> None:
    old = SECRET.search(add(admin))
    endpoint = one(session)
    admin.get(path_of(endpoint))

    new = SECRET.search(admin.post(f"{path_of(endpoint)}/rotate", {"hours": "24"}).text)

    assert old
    assert new
    assert old[1] != new[1]
    assert one(session).old_secret_until is not None


def test_change_of_an_older_version_is_told(admin: Browser, session: Session) -> None:
    add(admin)
    endpoint = one(session)
    path = f"{path_of(endpoint)}/edit"
    admin.get(path)
    first = admin.post(path, {**NEW, "name": "Bir", "version": "1"})
    second = admin.post(path, {**NEW, "name": "İki", "version": "1"})

    assert first.status_code == 303
    assert second.status_code in (409, 412)
    assert one(session).name == "Bir"
    assert "İki" in second.text


def test_deleted_receiver_is_gone(admin: Browser, session: Session) -> None:
    add(admin)
    endpoint = one(session)
    path = f"{path_of(endpoint)}/delete"
    admin.get(path)
    admin.post(path)

    assert admin.get(path_of(endpoint)).status_code == 404
    actions = [entry.action for entry in reload(session, AuditEntry)]
    assert {"webhook.add", "webhook.delete"} <= set(actions)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_receivers_are_for_admins(
    signed_in: Browser, session: Session, staff: Staff, role: Role, app: Flask
) -> None:
    session.get_one(Staff, staff.id).role = role
    session.commit()

    assert signed_in.get("/webhooks").status_code == 403
    assert app
