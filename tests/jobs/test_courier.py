"""Events on their way to real receivers: what each answer means, and that none is lost."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from standardwebhooks.webhooks import Webhook

from models import (
    AuditEntry,
    DeliveryState,
    EndpointStatus,
    StaffMail,
    StaffMailKind,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from surveys.clock import SystemClock
from surveys.extensions import toolbox, transaction
from surveys.jobs.courier import carry, deliver_due
from surveys.webhooks.addresses import read_policy
from surveys.webhooks.claiming import claim_due
from surveys.webhooks.deliveries import recover_failed, replay_delivery
from surveys.webhooks.endpoint_secrets import read_secrets, rotate_secret
from surveys.webhooks.endpoint_states import verify_endpoint
from surveys.webhooks.endpoints import EndpointDraft, Maker, create_endpoint
from surveys.webhooks.events import Happening, record_event
from surveys.webhooks.types import EventType
from tests.conftest import NOW, SettableClock
from tests.jobs.conftest import AppWith
from tests.webhooks.tls_receivers import OK, Behaviour, Receiver, dripping, receiver

RATE = EventType.RESPONSE_RATE_UPDATED


@pytest.fixture
def local_app(app_with: AppWith) -> Flask:
    """An application for its own machine, which may deliver to receivers there."""
    return app_with(base_url="http://127.0.0.1:8000", webhook_allowed_nets=("127.0.0.0/8",))


def answer(status: str, *headers: str, body: bytes = b"") -> bytes:
    """Return one whole answer of a receiver."""
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, f"content-length: {len(body)}"])
    return head.encode() + b"\r\n\r\n" + body


def subscribe(
    app: Flask, session: Session, port: int, *, status: str = EndpointStatus.ACTIVE
) -> WebhookEndpoint:
    """Return a receiver at `port` that wants to hear of response rates."""
    with app.app_context():
        box = toolbox()
        endpoint, _secret = create_endpoint(
            session,
            draft=EndpointDraft(
                name="Mezun Bilgi Sistemi",
                url=f"http://127.0.0.1:{port}/hook",
                event_types=(RATE, EventType.SURVEY_CLOSED),
                owner_email="bim@example.edu.tr",
            ),
            maker=Maker("cli", is_demo=False),
            policy=read_policy(box.settings),
            keys=box.keys.data,
            now=NOW,
        )
    endpoint.status = status
    session.commit()
    return endpoint


def say(session: Session, revision: int, *, survey: int = 1, kind: EventType = RATE) -> None:
    """Record an event about a survey."""
    happening = Happening(
        type=kind,
        key=f"{kind}:{survey}:{revision}",
        resource=f"survey:{survey}",
        revision=revision,
        data={"survey_id": "srv_pvkq4b5z4zdai", "revision": revision, "rate": 0.1404},
    )
    record_event(session, happening=happening, now=NOW)
    session.commit()


def states(session: Session) -> list[str]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(WebhookDelivery.status).order_by(WebhookDelivery.id)))


def attempts(session: Session) -> list[tuple[int | None, str | None]]:
    session.rollback()
    rows = session.execute(
        select(WebhookAttempt.http_status, WebhookAttempt.error).order_by(WebhookAttempt.id)
    )
    return [(status, error) for status, error in rows]


def headers_of(request: bytes) -> dict[str, str]:
    head = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (row.partition(":") for row in head)}


def body_of(request: bytes) -> Any:
    return json.loads(request.partition(b"\r\n\r\n")[2])


def ids(found: Receiver) -> list[str]:
    return [headers_of(request)["webhook-id"] for request in found.requests]


def test_event_arrives_and_the_reference_verifier_accepts_it(
    local_app: Flask, session: Session, clock: SettableClock
) -> None:
    clock.advance(SystemClock().now() - clock.now())
    with receiver() as found:
        endpoint = subscribe(local_app, session, found.port)
        with local_app.app_context():
            [secret] = read_secrets(endpoint, toolbox().keys.data, NOW)
        say(session, 57)
        counts = deliver_due(local_app)

    [request] = found.requests
    body = request.partition(b"\r\n\r\n")[2]
    said = Webhook(secret).verify(body, headers_of(request))
    assert counts == {"succeeded": 1}
    assert states(session) == [DeliveryState.SUCCEEDED]
    assert said["type"] == "response_rate.updated"
    assert said["data"]["revision"] == 57
    assert len(body) < 1_000


def test_while_a_secret_is_changed_both_sign(
    local_app: Flask, session: Session, clock: SettableClock
) -> None:
    clock.advance(SystemClock().now() - clock.now())
    with receiver() as found:
        endpoint = subscribe(local_app, session, found.port)
        with local_app.app_context():
            keys = toolbox().keys.data
            [old] = read_secrets(endpoint, keys, NOW)
            new = rotate_secret(session, endpoint=endpoint, keys=keys, now=clock.now())
        session.commit()
        say(session, 1)
        deliver_due(local_app)

    [request] = found.requests
    for secret in (old, new):
        assert Webhook(secret).verify(request.partition(b"\r\n\r\n")[2], headers_of(request))
    assert old != new


def test_nothing_due_asks_nobody(local_app: Flask, session: Session) -> None:
    with receiver() as found:
        subscribe(local_app, session, found.port)
        counts = deliver_due(local_app)

    assert (counts, found.requests) == ({}, [])


def test_receiver_that_is_down_for_a_day_gets_the_newest_once(
    local_app: Flask, session: Session, clock: SettableClock
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    subscribe(local_app, session, port)
    for hour in range(24):
        say(session, hour + 1)
        deliver_due(local_app)
        clock.advance(timedelta(hours=1))
    failed = attempts(session)

    with _receiver_at(port) as found:
        clock.advance(timedelta(hours=1))
        deliver_due(local_app)

    assert {error for _status, error in failed} == {"connect_timeout"}
    assert [body_of(request)["data"]["revision"] for request in found.requests] == [24]
    assert states(session) == [*["superseded"] * 23, "succeeded"]


@contextmanager
def _receiver_at(port: int) -> Iterator[Receiver]:
    """Run a receiver at a port that was free a moment ago."""
    found = Receiver(port=port)
    stop = Event()
    with socket.create_server(("127.0.0.1", port)) as listener:
        listener.settimeout(0.05)

        def serve() -> None:
            while not stop.is_set():
                try:
                    line, _ = listener.accept()
                except TimeoutError:
                    continue
                with line:
                    data = b""
                    while not data.endswith(b"}"):
                        data += line.recv(65_536)
                    found.requests.append(data)
                    line.sendall(OK)

        thread = Thread(target=serve)
        thread.start()
        try:
            yield found
        finally:
            stop.set()
            thread.join()


ENDLESS: Behaviour = dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 4_096, pause_s=0.0)


@pytest.mark.parametrize(
    ("behaviour", "state", "attempt"),
    [
        (answer("204 No Content"), "succeeded", (204, None)),
        (answer("301 Moved", "location: http://127.0.0.1/x"), "pending", (301, "http_3xx")),
        (answer("400 Bad Request"), "pending", (400, "http_4xx")),
        (answer("410 Gone"), "failed", (410, "gone")),
        (answer("429 Too Many Requests", "retry-after: 60"), "pending", (429, "http_4xx")),
        (answer("500 Internal Server Error"), "pending", (500, "http_5xx")),
        (b"garbage\r\n\r\n", "pending", (None, "http_5xx")),
        (ENDLESS, "succeeded", (200, None)),
    ],
    ids=["204", "redirect", "400", "410", "429", "500", "garbage", "endless body"],
)
def test_each_answer_has_its_meaning(
    local_app: Flask,
    session: Session,
    behaviour: Behaviour | bytes,
    state: str,
    attempt: tuple[int | None, str | None],
) -> None:
    with receiver(behaviour) as found:
        subscribe(local_app, session, found.port)
        say(session, 1)
        deliver_due(local_app)

    assert states(session) == [state]
    assert attempts(session) == [attempt]
    assert len(found.requests) == 1


def test_receiver_that_drips_byte_by_byte_is_cut_off(local_app: Flask, session: Session) -> None:
    with receiver(dripping(b"HTTP/1.1 200 OK\r\n", b"x")) as found:
        subscribe(local_app, session, found.port)
        say(session, 1)
        _carry_one(local_app, deadline_s=0.3)

    assert attempts(session) == [(None, "deadline")]
    assert states(session) == ["pending"]


def _carry_one(app: Flask, **policy: Any) -> None:
    """Bring one delivery with a policy that differs by these."""
    with app.app_context():
        box = toolbox()
        with transaction() as session:
            [claim] = claim_due(
                session, claimed_by="test", limit=1, keys=box.keys.data, now=box.clock.now()
            )
        base = read_policy(box.settings)
        carry(claim, policy=type(base)(**{**vars(base), **policy}))


def test_attempts_come_again_by_the_table_with_one_id_and_new_times(
    local_app: Flask, session: Session, clock: SettableClock
) -> None:
    with receiver(answer("500 Oops")) as found:
        subscribe(local_app, session, found.port)
        say(session, 1)
        deliver_due(local_app)
        clock.advance(timedelta(seconds=3))
        deliver_due(local_app)
        too_early = len(found.requests)
        clock.advance(timedelta(seconds=4))
        deliver_due(local_app)

    assert (too_early, len(found.requests)) == (1, 2)
    assert len(set(ids(found))) == 1
    times = [int(headers_of(request)["webhook-timestamp"]) for request in found.requests]
    assert times[1] == times[0] + 7


def test_attempts_are_used_up_after_three_days_and_the_owner_is_told_once(
    local_app: Flask, session: Session, clock: SettableClock
) -> None:
    with receiver(answer("500 Oops")) as found:
        subscribe(local_app, session, found.port)
        say(session, 1)
        say(session, 1, survey=2)
        # A receiver that fails gets one probe at a time, so that the two take turns.
        for _ in range(60):
            deliver_due(local_app)
            clock.advance(timedelta(hours=1, minutes=45))

    numbers = session.scalars(select(WebhookAttempt.number)).all()
    assert states(session) == ["failed", "failed"]
    assert max(numbers) == 10
    assert len(numbers) == 20
    mails = session.scalars(select(StaffMail).where(StaffMail.kind == StaffMailKind.WEBHOOK)).all()
    assert [(mail.address, mail.params["occasion"]) for mail in mails] == [
        ("bim@example.edu.tr", "exhausted")
    ]


def test_receiver_that_fails_for_five_days_is_switched_off(
    local_app: Flask, session: Session, clock: SettableClock
) -> None:
    with receiver(answer("500 Oops")) as found:
        endpoint = subscribe(local_app, session, found.port)
        for day in range(7):
            say(session, day, kind=EventType.SURVEY_CLOSED)
            deliver_due(local_app)
            clock.advance(timedelta(days=1))
        asked = len(found.requests)
        say(session, 9, kind=EventType.SURVEY_CLOSED)
        deliver_due(local_app)

    session.rollback()
    session.refresh(endpoint)
    assert endpoint.status == EndpointStatus.DISABLED
    assert endpoint.disabled_reason == "failing"
    assert len(found.requests) == asked
    assert "pending" not in states(session)
    actions = session.scalars(select(AuditEntry.action)).all()
    assert actions.count("webhook.disable") == 1


def test_receiver_that_is_gone_is_switched_off_at_once(local_app: Flask, session: Session) -> None:
    with receiver(answer("410 Gone")) as found:
        endpoint = subscribe(local_app, session, found.port)
        say(session, 1)
        deliver_due(local_app)

    session.rollback()
    session.refresh(endpoint)
    assert (endpoint.status, endpoint.disabled_reason) == (EndpointStatus.DISABLED, "gone")
    [mail] = session.scalars(select(StaffMail))
    assert mail.params["occasion"] == "disabled"
    assert found.connections == 1


def test_busy_receiver_is_left_in_peace_for_as_long_as_it_asks(
    local_app: Flask, session: Session, clock: SettableClock
) -> None:
    with receiver(answer("429 Too Many Requests", "retry-after: 3600")) as found:
        subscribe(local_app, session, found.port)
        say(session, 1)
        deliver_due(local_app)
        say(session, 1, survey=2)
        clock.advance(timedelta(minutes=59))
        deliver_due(local_app)
        early = len(found.requests)
        clock.advance(timedelta(minutes=2))
        deliver_due(local_app)

    assert early == 1
    assert len(found.requests) == 2


def test_failing_receiver_gets_one_probe_at_a_time(
    local_app: Flask, session: Session, clock: SettableClock
) -> None:
    with receiver(answer("500 Oops")) as found:
        subscribe(local_app, session, found.port)
        for number in range(5):
            say(session, 1, survey=number)
        deliver_due(local_app)
        asked = len(found.requests)
        clock.advance(timedelta(minutes=6))
        deliver_due(local_app)

    assert asked == 5
    assert len(found.requests) == 6


def test_success_ends_the_trouble(local_app: Flask, session: Session, clock: SettableClock) -> None:
    answers = iter([answer("500 Oops"), OK])

    def act(line: socket.socket, _stop: Event) -> None:
        line.sendall(next(answers))

    with receiver(act) as found:
        endpoint = subscribe(local_app, session, found.port)
        say(session, 1)
        deliver_due(local_app)
        clock.advance(timedelta(seconds=10))
        deliver_due(local_app)

    session.rollback()
    session.refresh(endpoint)
    assert (endpoint.failing_since, endpoint.failure_count) == (None, 0)
    assert endpoint.last_success_at == clock.now()
    assert states(session) == ["succeeded"]


def echoing(change: Callable[[str], str] = str) -> Behaviour:
    """Answer a challenge with what `change` makes of it."""

    def act(line: socket.socket, _stop: Event) -> None:
        request = found_requests()[-1]
        said = {"challenge": change(body_of(request)["data"]["challenge"])}
        line.sendall(answer("200 OK", body=json.dumps(said).encode()))

    found_requests: Any = lambda: act.found.requests  # type: ignore[attr-defined] # noqa: E731 - set by the test
    return act


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [(str, EndpointStatus.ACTIVE, None), (str.upper, EndpointStatus.PENDING, "wrong_challenge")],
)
def test_receiver_becomes_active_by_answering_the_challenge(
    local_app: Flask,
    session: Session,
    change: Callable[[str], str],
    status: str,
    error: str | None,
) -> None:
    act = echoing(change)
    with receiver(act) as found:
        act.found = found  # type: ignore[attr-defined] # how the behaviour sees what it answers
        endpoint = subscribe(local_app, session, found.port, status=EndpointStatus.PENDING)
        verify_endpoint(session, endpoint=endpoint, now=NOW)
        session.commit()
        deliver_due(local_app)

    session.rollback()
    session.refresh(endpoint)
    assert endpoint.status == status
    assert attempts(session) == [(200, error)]


def test_event_that_was_posted_and_not_recorded_comes_again_with_its_id(
    local_app: Flask, session: Session
) -> None:
    with receiver() as found:
        subscribe(local_app, session, found.port)
        say(session, 1)
        with local_app.app_context():
            box = toolbox()
            with transaction() as own:
                claim_due(own, claimed_by="lost", limit=1, keys=box.keys.data, now=NOW)
            with transaction() as own:
                delivery = own.scalars(select(WebhookDelivery)).one()
                delivery.lease_until = datetime(2020, 1, 1, tzinfo=UTC)
        deliver_due(local_app)

    assert states(session) == ["succeeded"]
    assert len(found.requests) == 1
    fence = session.scalars(select(WebhookDelivery.fence)).one()
    assert fence == 2


def test_whoever_wakes_up_late_changes_nothing(local_app: Flask, session: Session) -> None:
    with receiver() as found:
        subscribe(local_app, session, found.port)
        say(session, 1)
        with local_app.app_context():
            box = toolbox()
            with transaction() as own:
                [late] = claim_due(own, claimed_by="late", limit=1, keys=box.keys.data, now=NOW)
            with transaction() as own:
                delivery = own.scalars(select(WebhookDelivery)).one()
                delivery.lease_until = datetime(2020, 1, 1, tzinfo=UTC)
        deliver_due(local_app)
        with local_app.app_context():
            settled = carry(late, policy=read_policy(toolbox().settings))

    assert settled is None
    assert attempts(session) == [(200, None)]
    assert len(set(ids(found))) == 1


def test_replay_sends_the_same_id_again(
    local_app: Flask, session: Session, clock: SettableClock
) -> None:
    with receiver() as found:
        subscribe(local_app, session, found.port)
        say(session, 1)
        deliver_due(local_app)
        clock.advance(timedelta(hours=1))
        session.rollback()
        delivery = session.scalars(select(WebhookDelivery)).one()
        replay_delivery(session, delivery=delivery, now=clock.now())
        session.commit()
        deliver_due(local_app)

    assert len(found.requests) == 2
    assert len(set(ids(found))) == 1
    assert (
        found.requests[0].partition(b"\r\n\r\n")[2] == found.requests[1].partition(b"\r\n\r\n")[2]
    )


def test_recover_sends_what_failed_since(
    local_app: Flask, session: Session, clock: SettableClock
) -> None:
    with receiver() as found:
        endpoint = subscribe(local_app, session, found.port)
        for number in range(3):
            say(session, 1, survey=number)
        session.rollback()
        for number, delivery in enumerate(session.scalars(select(WebhookDelivery))):
            delivery.status = DeliveryState.FAILED
            delivery.settled_at = NOW + timedelta(hours=number)
        session.commit()
        endpoint = session.get_one(WebhookEndpoint, endpoint.id)
        count = recover_failed(
            session, endpoint=endpoint, since=NOW + timedelta(hours=1), now=clock.now()
        )
        session.commit()
        deliver_due(local_app)

    assert count == 2
    assert states(session) == ["failed", "succeeded", "succeeded"]
    assert len(found.requests) == 2


def test_paused_and_deleted_receivers_get_nothing(local_app: Flask, session: Session) -> None:
    with receiver() as found:
        paused = subscribe(local_app, session, found.port)
        say(session, 1)
        paused = session.get_one(WebhookEndpoint, paused.id)
        paused.status = EndpointStatus.PAUSED
        session.commit()
        deliver_due(local_app)

    assert found.requests == []
    assert states(session) == ["pending"]


def test_address_that_is_not_allowed_any_more_is_not_asked(
    local_app: Flask, app_with: AppWith, session: Session
) -> None:
    closed = app_with(base_url="http://127.0.0.1:8000")
    with receiver() as found:
        subscribe(local_app, session, found.port)
        say(session, 1)
        deliver_due(closed)

    assert found.connections == 0
    assert attempts(session) == [(None, "blocked_target")]


@pytest.mark.postgresql
def test_two_dispatchers_bring_everything_once(local_app: Flask, session: Session) -> None:
    with receiver() as found:
        subscribe(local_app, session, found.port)
        for number in range(40):
            say(session, 1, survey=number)
        session.rollback()
        workers = [Thread(target=deliver_due, args=[local_app]) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    assert sorted(ids(found)) == sorted(set(ids(found)))
    assert len(found.requests) == 40
    assert states(session) == ["succeeded"] * 40
