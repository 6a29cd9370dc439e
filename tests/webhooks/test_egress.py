"""Posting to receivers that answer, refuse, cheat, trickle and break off."""

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from surveys.webhooks.addresses import EgressPolicy
from surveys.webhooks.answers import Answer, EgressError, Failure
from surveys.webhooks.egress import post
from tests.smtp_servers import free_port
from tests.webhooks.tls_receivers import (
    HOST,
    Authority,
    Receiver,
    dripping,
    receiver,
    serving,
)

LOOPBACK = [ip_network("127.0.0.0/8"), ip_network("::1/128")]
SHORT_S = 0.3
BODY = b'{"type":"endpoint.test"}'
HEADERS = {"content-type": "application/json", "webhook-id": "evt_1"}


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def certificate(authority: Authority) -> Path:
    return authority.issue(HOST)


@pytest.fixture
def policy(authority: Authority) -> EgressPolicy:
    """Names are looked up as this machine, whose networks the operator has opened."""
    return EgressPolicy(
        allowed_nets=LOOPBACK, ca_file=authority.ca_file, resolve=lambda _host, _port: ["127.0.0.1"]
    )


def send(
    target: Receiver, policy: EgressPolicy, *, host: str = HOST, **over: Any
) -> Answer | Failure:
    chosen = replace(policy, ports=[target.port], **over)
    return post(f"https://{host}:{target.port}/hook?a=1", headers=HEADERS, body=BODY, policy=chosen)


def resolving(*addresses: str) -> dict[str, Any]:
    return {"resolve": lambda _host, _port: list(addresses)}


def test_body_arrives_as_it_was_given(policy: EgressPolicy, certificate: Path) -> None:
    with receiver(tls=serving(certificate)) as target:
        answer = send(target, policy)

    assert isinstance(answer, Answer)
    assert (answer.status, answer.error, answer.body_start, answer.response_bytes) == (
        200,
        None,
        b"ok",
        2,
    )
    head, _, body = target.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /hook?a=1 HTTP/1.1"
    assert body == BODY
    assert {line.split(": ")[0].lower() for line in lines[1:]} == {
        "host", "content-length", "content-type", "webhook-id", "user-agent", "accept-encoding",
        "connection",
    }  # fmt: skip
    assert f"Host: {HOST}:{target.port}" in lines


def test_name_is_what_tls_asks_for_and_the_host_header_says(
    policy: EgressPolicy, certificate: Path
) -> None:
    with receiver(tls=serving(certificate)) as target:
        send(target, policy)

    assert target.names == [HOST]


def test_literal_address_is_checked_against_the_certificate(
    policy: EgressPolicy, authority: Authority, certificate: Path
) -> None:
    def fail(_host: str, _port: int) -> Sequence[str]:
        raise AssertionError("a literal address was looked up")

    with receiver(tls=serving(authority.issue("127.0.0.1"))) as target:
        good = send(target, policy, host="127.0.0.1", resolve=fail)
    with receiver(tls=serving(certificate)) as target:
        bad = send(target, policy, host="127.0.0.1", resolve=fail)

    assert (good.status, bad.error) == (200, EgressError.TLS)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (200, None),
        (204, None),
        (299, None),
        (300, "http_3xx"),
        (304, "http_3xx"),
        (400, "http_4xx"),
        (410, "gone"),
        (429, "http_4xx"),
        (500, "http_5xx"),
        (503, "http_5xx"),
        (103, "http_5xx"),
        (999, "http_5xx"),
    ],
)
def test_status_tells_success_and_failure(
    policy: EgressPolicy, certificate: Path, status: int, error: str | None
) -> None:
    raw = f"HTTP/1.1 {status} x\r\ncontent-length: 0\r\n\r\n".encode()
    with receiver(raw, tls=serving(certificate)) as target:
        answer = send(target, policy)

    assert (answer.status, answer.error) == (status, error)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("retry-after: 120", 120),
        ("Retry-After:  0 ", 0),
        ("date: Sat, 22 Nov 2025 14:00:00 GMT\r\nretry-after: Sat, 22 Nov 2025 14:05:00 GMT", 300),
        ("date: Sat, 22 Nov 2025 14:00:00 GMT\r\nretry-after: Sat, 22 Nov 2025 13:00:00 GMT", 0),
        ("retry-after: Sat, 22 Nov 2025 14:05:00 GMT", None),
        (
            "date: Sat, 22 Nov 2025 14:00:00 -0000\r\nretry-after: Sat, 22 Nov 2025 14:05:00 GMT",
            None,
        ),
        ("retry-after: -5", None),
        ("retry-after: 9999999999999999999999", None),
        ("retry-after: soon", None),
        ("retry-after: \xb2", None),
        ("x: y", None),
    ],
)
def test_receiver_may_ask_for_time(
    policy: EgressPolicy, certificate: Path, headers: str, expected: int | None
) -> None:
    raw = f"HTTP/1.1 429 x\r\n{headers}\r\ncontent-length: 0\r\n\r\n".encode("latin-1")
    with receiver(raw, tls=serving(certificate)) as target:
        answer = send(target, policy)

    assert (answer.status, answer.retry_after) == (429, expected)


def test_redirect_is_not_followed(policy: EgressPolicy, certificate: Path) -> None:
    with receiver(tls=serving(certificate)) as inner:
        raw = (
            f"HTTP/1.1 307 x\r\nlocation: https://{HOST}:{inner.port}/\r\ncontent-length: 0\r\n\r\n"
        )
        with receiver(raw.encode(), tls=serving(certificate)) as target:
            answer = send(target, policy)

    assert answer.error == "http_3xx"
    assert inner.connections == 0


def test_proxy_of_the_environment_is_ignored(
    policy: EgressPolicy, certificate: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text(f"machine {HOST} login a password b\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    with receiver() as proxy, receiver(tls=serving(certificate)) as target:
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        answer = send(target, policy)

    assert answer.status == 200
    assert proxy.connections == 0
    assert b"authorization" not in target.requests[0].lower()


def test_cookie_is_not_kept(policy: EgressPolicy, certificate: Path) -> None:
    raw = b"HTTP/1.1 200 x\r\nset-cookie: a=b\r\ncontent-length: 0\r\n\r\n"
    with receiver(raw, tls=serving(certificate)) as target:
        send(target, policy)
        send(target, policy)

    assert len(target.requests) == 2
    assert b"cookie" not in target.requests[1].lower()


@pytest.mark.parametrize(
    "addresses",
    [["10.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:10.0.0.1"], ["127.0.0.1", "fe80::1%lo"]],
)
def test_one_bad_answer_among_good_ones_blocks_the_name(
    policy: EgressPolicy, certificate: Path, addresses: list[str]
) -> None:
    with receiver(tls=serving(certificate)) as target:
        answer = send(target, policy, **resolving(*addresses))

    assert (answer.error, target.connections) == ("blocked_target", 0)


def test_name_that_changes_between_look_ups_gains_nothing(
    policy: EgressPolicy, certificate: Path
) -> None:
    """It is looked up once; what it would say the second time is never asked."""
    asked = count()

    def rebind(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.1"] if next(asked) == 0 else ["10.0.0.1"]

    with receiver(tls=serving(certificate)) as target:
        first = send(target, policy, resolve=rebind)
        second = send(target, policy, resolve=rebind)

    assert (first.status, second.error) == (200, "blocked_target")
    assert next(asked) == 2


def test_next_address_is_tried_where_the_first_takes_no_connection(
    policy: EgressPolicy, certificate: Path
) -> None:
    with receiver(tls=serving(certificate)) as target:
        answer = send(target, policy, **resolving("127.0.0.9", "127.0.0.1"))

    assert answer.status == 200


@pytest.mark.parametrize("fault", [socket.gaierror(), UnicodeError(), None])
def test_name_without_an_address_is_told(policy: EgressPolicy, fault: Exception | None) -> None:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        if fault:
            raise fault
        return []

    answer = post(f"https://{HOST}/", headers={}, body=b"", policy=replace(policy, resolve=resolve))

    assert answer.error == "dns"


def test_look_up_that_never_ends_is_left(policy: EgressPolicy) -> None:
    never = threading.Event()

    def resolve(_host: str, _port: int) -> Sequence[str]:
        never.wait()
        return []

    short = replace(policy, resolve=resolve, deadline_s=SHORT_S)
    answer = post(f"https://{HOST}/", headers={}, body=b"", policy=short)
    never.set()

    assert answer.error == "dns"


@pytest.mark.parametrize(
    "url", ["", "http://example.com/", "https://127.0.0.1\\@1.1.1.1/", "https://10.0.0.1/"]
)
def test_refused_address_is_told_and_raises_nothing(url: str, policy: EgressPolicy) -> None:
    answer = post(url, headers={}, body=b"", policy=policy)

    assert answer == Failure(error=EgressError.BLOCKED_TARGET, duration_ms=answer.duration_ms)


def test_closed_port_is_told(policy: EgressPolicy) -> None:
    answer = send(Receiver(port=free_port()), policy)

    assert answer.error == "connect_timeout"


def test_connection_that_never_comes_about_is_given_up(policy: EgressPolicy) -> None:
    """The queue of a listener that never accepts is full, so that the system answers no more."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for line in waiting:
            line.setblocking(False)
            line.connect_ex(("127.0.0.1", port))
        answer = send(Receiver(port=port), policy, connect_s=SHORT_S)
        for line in waiting:
            line.close()

    assert answer.error == "connect_timeout"


def test_certificate_of_another_name_is_refused(policy: EgressPolicy, authority: Authority) -> None:
    with receiver(tls=serving(authority.issue("other.example"))) as target:
        answer = send(target, policy)

    assert (answer.error, target.requests) == ("tls", [])


def test_certificate_that_signed_itself_is_refused(
    policy: EgressPolicy, authority: Authority
) -> None:
    with receiver(tls=serving(authority.issue(HOST, by_itself=True))) as target:
        answer = send(target, policy)

    assert (answer.error, target.requests) == ("tls", [])


def test_expired_certificate_is_refused(policy: EgressPolicy, authority: Authority) -> None:
    expired = authority.issue(HOST, until=datetime(2021, 1, 1, tzinfo=UTC))
    with receiver(tls=serving(expired)) as target:
        answer = send(target, policy)

    assert (answer.error, target.requests) == ("tls", [])


def test_authority_that_the_operator_did_not_name_is_refused(
    policy: EgressPolicy, certificate: Path
) -> None:
    with receiver(tls=serving(certificate)) as target:
        answer = send(target, policy, ca_file=None)

    assert answer.error == "tls"


@pytest.fixture
def old_tls(certificate: Path) -> ssl.SSLContext:
    context = serving(certificate)
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def test_tls_1_1_is_refused(policy: EgressPolicy, old_tls: ssl.SSLContext) -> None:
    with receiver(tls=old_tls) as target:
        answer = send(target, policy)

    assert (answer.error, target.requests) == ("tls", [])


def test_receiver_without_tls_is_refused(policy: EgressPolicy) -> None:
    with receiver() as target:
        answer = send(target, policy)

    assert answer.error == "tls"


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"", b""),
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"x: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nx: ", b"y"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
)
def test_receiver_that_trickles_is_cut_off(
    policy: EgressPolicy, certificate: Path, head: bytes, drop: bytes
) -> None:
    """Also where what had come by then would read like a 200."""
    with receiver(dripping(head, drop), tls=serving(certificate)) as target:
        answer = send(target, policy, deadline_s=SHORT_S)

    assert answer.error == "deadline"
    assert SHORT_S * 1000 <= answer.duration_ms < SHORT_S * 1000 + 2000


@pytest.fixture
def silent() -> Iterator[Receiver]:
    """Takes connections and never says a word of TLS."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield Receiver(port=listener.getsockname()[1])


def test_receiver_that_is_silent_in_the_handshake_is_cut_off(
    policy: EgressPolicy, silent: Receiver
) -> None:
    answer = send(silent, policy, deadline_s=SHORT_S)

    assert answer.error == "deadline"


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
    ],
)
def test_endless_body_is_read_for_16_kib_and_left(
    policy: EgressPolicy, certificate: Path, head: bytes
) -> None:
    drop = b"400\r\n" + b"x" * 1024 + b"\r\n"
    with receiver(dripping(head, drop, pause_s=0), tls=serving(certificate)) as target:
        answer = send(target, policy)

    assert (answer.status, answer.error, answer.response_bytes) == (200, None, 16 * 1024)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"junk that is no HTTP\r\n\r\n",
        b"<html>HTTP/0.9</html>",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1, 2\r\n\r\n",
        b"\0" * 100_000,
    ],
)
def test_answer_that_is_no_http_is_told(
    policy: EgressPolicy, certificate: Path, raw: bytes
) -> None:
    with receiver(raw, tls=serving(certificate)) as target:
        answer = send(target, policy)

    assert (answer.error, answer.status) == ("http_5xx", None)


def cut_after(raw: bytes) -> Any:
    """Send this and end the connection without TLS's goodbye, as a crash does."""

    def act(line: socket.socket, _stop: threading.Event) -> None:
        line.sendall(raw)
        line.shutdown(socket.SHUT_RDWR)

    return act


@pytest.mark.parametrize("raw", [b"", b"HTTP/1.1 20", b"HTTP/1.1 200 OK\r\ncontent-type: te"])
def test_answer_cut_in_its_headers_is_none(
    policy: EgressPolicy, certificate: Path, raw: bytes
) -> None:
    with receiver(cut_after(raw), tls=serving(certificate)) as target:
        answer = send(target, policy)

    assert (answer.error, answer.status) == ("http_5xx", None)


@pytest.mark.parametrize(
    "framing", [b"content-length: 99\r\n", b"", b"transfer-encoding: chunked\r\n"]
)
def test_answer_cut_in_its_body_counts_as_its_status_says(
    policy: EgressPolicy, certificate: Path, framing: bytes
) -> None:
    raw = b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n" + b"5\r\nhello"
    with receiver(cut_after(raw), tls=serving(certificate)) as target:
        answer = send(target, policy)

    assert answer.status == 200
    assert isinstance(answer, Answer)
    assert answer.body_start.endswith(b"hello")


@pytest.mark.usefixtures("app")
def test_what_a_receiver_says_stands_in_no_log(
    policy: EgressPolicy, certificate: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The app has set up the log; the answer's broken headers are what urllib3 would print."""
    raw = b"HTTP/1.1 200 OK\r\nsecret-of-the-inner-net\r\nx: y\r\n\r\nsecret-body"
    with receiver(raw, tls=serving(certificate)) as target:
        answer = send(target, policy)

    shown = capfd.readouterr()
    assert answer.status == 200
    assert "secret" not in shown.out + shown.err + repr(answer)


def test_trial_posts_in_plain_to_this_machine_alone(policy: EgressPolicy) -> None:
    trial = replace(policy, is_trial=True)
    with receiver() as target:
        url = f"http://localhost:{target.port}/"
        answers = [
            post(url, headers=HEADERS, body=BODY, policy=chosen)
            for chosen in (
                trial,
                policy,
                replace(trial, allowed_nets=()),
                replace(trial, **resolving("8.8.8.8")),
                replace(trial, **resolving("127.0.0.1", "10.0.0.1")),
            )
        ]

    assert [answer.status or answer.error for answer in answers] == [200, *["blocked_target"] * 4]
    assert target.connections == 1


def test_receiver_on_ipv6_is_reached(policy: EgressPolicy, authority: Authority) -> None:
    with receiver(tls=serving(authority.issue("::1")), host="::1") as target:
        answer = send(target, policy, host="[::1]")

    assert answer.status == 200
    assert f"Host: [::1]:{target.port}".encode() in target.requests[0]
