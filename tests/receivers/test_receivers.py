"""The guide's receivers take what Dönüt signed, once and in order, and refuse everything else."""

import base64
import hmac
import http.client
import json
import resource
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from tests.receivers.running import (
    FOREIGN_SECRET,
    HREF,
    NEW_SECRET,
    SECRET,
    Answer,
    Message,
    NotStarted,
    Receiver,
    make_message,
    run_receiver,
    sign_message,
)

TAKEN = Answer(204, b"")


def test_receiver_takes_what_donut_signed(receiver: Receiver) -> None:
    message = make_message(title="Mezun İzleme Anketi 2025 – ğüşıöç")

    answer = receiver.post(sign_message(message), message.body)

    assert answer == TAKEN
    assert receiver.outcomes(message.id) == ["new"]


def test_receiver_takes_what_the_specification_s_own_library_signed(receiver: Receiver) -> None:
    message = make_message()
    headers = sign_message(message)
    instant = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    foreign = Webhook(SECRET).sign(message.id, instant, message.body.decode())

    answer = receiver.post({**headers, "webhook-signature": foreign}, message.body)

    assert answer == TAKEN
    assert receiver.outcomes(message.id) == ["new"]


def test_receiver_answers_the_challenge(receiver: Receiver) -> None:
    message = make_message(type="endpoint.verification", challenge="7f0c-Zk_9")

    answer = receiver.post(sign_message(message), message.body)

    assert answer.status == 200
    assert json.loads(answer.body) == {"challenge": "7f0c-Zk_9"}


def test_receiver_answers_no_challenge_of_a_stranger(receiver: Receiver) -> None:
    message = make_message(type="endpoint.verification", challenge="7f0c-Zk_9")

    answer = receiver.post(sign_message(message, FOREIGN_SECRET), message.body)

    assert answer.status == 401
    assert b"7f0c" not in answer.body


def test_receiver_refuses_a_foreign_signature(receiver: Receiver) -> None:
    message = make_message()

    answer = receiver.post(sign_message(message, FOREIGN_SECRET), message.body)

    assert answer.status == 401
    assert receiver.outcomes(message.id) == []


@pytest.mark.parametrize("altered", ["body", "space", "id", "timestamp"])
def test_receiver_refuses_what_was_altered(receiver: Receiver, altered: str) -> None:
    message = make_message()
    headers, body = sign_message(message), message.body
    if altered == "body":
        body = body.replace(b"57", b"75")
    elif altered == "space":
        body += b" "
    elif altered == "id":
        headers["webhook-id"] += "a"
    else:
        headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) - 1)

    answer = receiver.post(headers, body)

    assert answer.status == 401
    assert receiver.outcomes(headers["webhook-id"]) == []


@pytest.mark.parametrize("age_s", [400, 100_000, -400])
def test_receiver_refuses_what_is_old_or_of_the_future(receiver: Receiver, age_s: int) -> None:
    message = make_message()

    answer = receiver.post(sign_message(message, age_s=age_s), message.body)

    assert answer.status == 401
    assert receiver.outcomes(message.id) == []


@pytest.mark.parametrize("age_s", [200, -200])
def test_receiver_bears_a_clock_that_is_minutes_off(receiver: Receiver, age_s: int) -> None:
    message = make_message()

    assert receiver.post(sign_message(message, age_s=age_s), message.body) == TAKEN


def test_receiver_takes_a_replayed_request_once(receiver: Receiver) -> None:
    message = make_message()
    headers = sign_message(message)

    answers = [receiver.post(headers, message.body) for _ in range(3)]

    assert answers == [TAKEN] * 3
    assert receiver.outcomes(message.id) == ["new"]


def test_receiver_knows_a_later_try_of_the_same_event(receiver: Receiver) -> None:
    message = make_message()
    receiver.post(sign_message(message, age_s=250), message.body)

    answer = receiver.post(sign_message(message), message.body)

    assert answer == TAKEN
    assert receiver.outcomes(message.id) == ["new"]


def test_receiver_takes_one_of_many_at_once(receiver: Receiver) -> None:
    message = make_message()
    headers = sign_message(message)

    with ThreadPoolExecutor(16) as senders:
        answers = list(senders.map(lambda _: receiver.post(headers, message.body), range(16)))

    assert answers == [TAKEN] * 16
    assert receiver.outcomes(message.id) == ["new"]


def test_receiver_tells_an_older_revision_from_a_newer_one(receiver: Receiver) -> None:
    href = HREF.format("srv_pvkq4b5z4zdai")
    revisions = [58, 57, 58, 59]
    messages = [make_message(href=href, revision=revision) for revision in revisions]

    for message in messages:
        receiver.post(sign_message(message), message.body)

    outcomes = [receiver.outcomes(message.id) for message in messages]
    assert outcomes == [["new"], ["older"], ["new"], ["new"]]


def test_receiver_orders_each_resource_and_type_for_itself(receiver: Receiver) -> None:
    href = HREF.format("srv_aerukz4jvpg66")
    newest = make_message(href=href, revision=58)
    others = [make_message(revision=3), make_message(type="survey.closed", href=href, revision=3)]

    for message in [newest, *others]:
        receiver.post(sign_message(message), message.body)

    assert [receiver.outcomes(message.id) for message in others] == [["new"], ["new"]]


def test_receiver_takes_an_event_that_names_no_resource(receiver: Receiver) -> None:
    message = Message("evt_test", b'{"type":"endpoint.test","timestamp":"x","data":{}}')

    assert receiver.post(sign_message(message), message.body) == TAKEN


@pytest.mark.parametrize(
    "signature",
    [
        "", " ", "v1", "v1,", "v1,,", "v1,a", "v1,é", "garbage", "v1,====", "v1," + "A" * 43 + "=",
        "v1,\x7f", "v0,{}", "v1a,{}", "{},", "{}A", ",{}", "V1,{}",
        "v1," + "A" * 4000, " ".join(["v1,AAAA"] * 500),
    ],
)  # fmt: skip
def test_receiver_refuses_a_malformed_signature(receiver: Receiver, signature: str) -> None:
    message = make_message()
    headers = sign_message(message)
    digest = headers["webhook-signature"].removeprefix("v1,")
    headers["webhook-signature"] = signature.format(digest)

    answer = receiver.post(headers, message.body)

    # The letter DEL is refused before the program sees it, by one of the three runtimes.
    assert answer.status in {400, 401}
    assert receiver.outcomes(message.id) == []


@pytest.mark.parametrize(
    "timestamp", ["", "now", "-1", "+1", "1e9", "{}.0", "{} {}", "0x10", "9" * 12, "9" * 400]
)
def test_receiver_refuses_a_malformed_timestamp(receiver: Receiver, timestamp: str) -> None:
    message = make_message()
    headers = sign_message(message)
    now = headers["webhook-timestamp"]
    headers["webhook-timestamp"] = timestamp.format(now, now)

    assert receiver.post(headers, message.body).status == 401


@pytest.mark.parametrize("message_id", ["", "evt.a", "../evt", "evt a", "é", "e" * 65])
def test_receiver_refuses_a_malformed_id_even_when_it_is_signed(
    receiver: Receiver, message_id: str
) -> None:
    message = Message(message_id, make_message().body)

    assert receiver.post(sign_message(message), message.body).status == 401


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_receiver_refuses_a_request_without_one_of_the_headers(
    receiver: Receiver, missing: str
) -> None:
    message = make_message()
    headers = sign_message(message)
    del headers[missing]

    assert receiver.post(headers, message.body).status == 401


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"5", b'"x"', b'{"type":"a"}', b'{"type":"a","data":5}',
        b'{"type":"a","data":null}', b'{"type":"a","data":{"revision":"x"}}', b"\xff\xfe",
    ],
)  # fmt: skip
def test_receiver_says_so_when_signed_bytes_are_no_event(receiver: Receiver, body: bytes) -> None:
    message = Message(make_message().id, body)

    answer = receiver.post(sign_message(message), body)

    assert answer.status == 400
    assert receiver.outcomes(message.id) == []


def test_receiver_reads_no_endless_body(receiver: Receiver) -> None:
    message = make_message(padding="a" * 20_000)

    assert receiver.post(sign_message(message), message.body).status == 413


def test_receiver_takes_posts_alone(receiver: Receiver) -> None:
    message = make_message()

    assert receiver.post(sign_message(message), b"", method="GET").status in {405, 501}


def test_receiver_finds_the_right_signature_among_others(receiver: Receiver) -> None:
    message = make_message()
    headers = sign_message(message)
    headers["webhook-signature"] = f"v1,AAAA v1a,x {headers['webhook-signature']} v2,y"

    assert receiver.post(headers, message.body) == TAKEN


def test_receiver_with_the_old_secret_takes_what_both_signed(receiver: Receiver) -> None:
    message = make_message()

    answer = receiver.post(sign_message(message, NEW_SECRET, SECRET), message.body)

    assert answer == TAKEN


@pytest.mark.parametrize("signers", [[SECRET], [NEW_SECRET], [NEW_SECRET, SECRET]])
def test_receiver_takes_old_and_new_secret_while_rotating(
    command: list[str], journal: Path, signers: list[str]
) -> None:
    message = make_message()

    with run_receiver(command, secrets=[NEW_SECRET, SECRET], journal=journal) as rotating:
        answer = rotating.post(sign_message(message, *signers), message.body)
        stranger = rotating.post(sign_message(message, FOREIGN_SECRET), message.body)

    assert answer == TAKEN
    assert stranger.status == 401


def test_receiver_knows_after_a_kill_what_it_took_before(command: list[str], journal: Path) -> None:
    href = HREF.format("srv_pvkq4b5z4zdai")
    taken = make_message(href=href, revision=58)
    older = make_message(href=href, revision=57)
    with run_receiver(command, secrets=[SECRET], journal=journal) as first:
        first.post(sign_message(taken), taken.body)

    with run_receiver(command, secrets=[SECRET], journal=journal) as second:
        answers = [second.post(sign_message(message), message.body) for message in [taken, older]]

    assert answers == [TAKEN, TAKEN]
    assert [second.outcomes(message.id) for message in [taken, older]] == [["new"], ["older"]]


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_AAAA"])
def test_receiver_without_a_proper_secret_takes_nothing(
    command: list[str], journal: Path, secret: str
) -> None:
    message = make_message()
    headers = sign_message(message)
    signed = f"{message.id}.{headers['webhook-timestamp']}.".encode() + message.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    guessed = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    status = None

    # Two of the three don't even start.
    with suppress(NotStarted), run_receiver(command, secrets=[secret], journal=journal) as running:
        status = running.post(
            {**headers, "webhook-signature": f"v1,{guessed}"}, message.body
        ).status

    assert status in {None, 401, 500}
    assert not journal.exists() or not journal.read_text("utf-8")


def test_receiver_asks_to_come_again_when_it_can_t_keep_an_event(
    command: list[str], journal: Path
) -> None:
    message = make_message()
    status = None

    with run_receiver(command, secrets=[SECRET], journal=journal) as full:
        # As on a full disk, each write fails from now on.
        resource.prlimit(full.process.pid, resource.RLIMIT_FSIZE, (0, 0))
        with suppress(http.client.RemoteDisconnected):
            status = full.post(sign_message(message), message.body).status

    assert status in {None, 500}
    assert not full.outcomes(message.id)
