"""The line to the mail server: kept, renewed, encrypted, logged in, and left."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import flask_mail
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from surveys.delivery.client import Client, MailServer
from surveys.delivery.outcomes import Accepted, AuthenticationRefused, Outcome, ServerUnavailable
from surveys.delivery.smtp import Connection, KeptConnection, Message, SendingSuppressed
from tests.smtp_servers import (
    DROP,
    HANG,
    address_of,
    free_port,
    make_certificate,
    scripted_server,
)

CONTENT = b"Subject: x\r\n\r\n.a line\r\n"


class Keeper:
    """An aiosmtpd handler that keeps what it gets."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        return "250 2.0.0 kept"


def check_login(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: LoginPassword
) -> AuthResult:
    return AuthResult(success=login == LoginPassword(b"donut", b"right"), handled=False)


@contextmanager
def running(keeper: Keeper, **options: Any) -> Iterator[int]:
    """Run aiosmtpd and yield its port."""
    port = free_port()
    controller = Controller(keeper, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def server_context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def send(line: KeptConnection) -> Outcome:
    return line.send(CONTENT, sender="b+x@example.edu.tr", recipient="ayse@example.com")


def send_once(server: MailServer) -> Outcome:
    with closing(KeptConnection(server)) as line:
        return send(line)


def test_starttls_is_verified_with_the_given_authority(
    certificate: tuple[Path, Path], server_context: ssl.SSLContext
) -> None:
    keeper = Keeper()
    with running(keeper, tls_context=server_context, require_starttls=True) as port:
        server = address_of(port, use_tls=True, ca_file=str(certificate[0]))
        outcome = send_once(server)

    assert outcome == Accepted(250, "2.0.0 kept")
    assert keeper.envelopes[0].mail_from == "b+x@example.edu.tr"
    assert keeper.envelopes[0].content == CONTENT


def test_tls_from_the_first_byte_is_verified_with_the_given_authority(
    certificate: tuple[Path, Path], server_context: ssl.SSLContext
) -> None:
    with running(Keeper(), ssl_context=server_context) as port:
        outcome = send_once(address_of(port, use_ssl=True, ca_file=str(certificate[0])))

    assert isinstance(outcome, Accepted)


@pytest.mark.parametrize("way", ["use_tls", "use_ssl"])
def test_an_unknown_certificate_is_refused(server_context: ssl.SSLContext, way: str) -> None:
    keeper = Keeper()
    option = {"use_tls": "tls_context", "use_ssl": "ssl_context"}[way]
    with running(keeper, **{option: server_context}) as port:
        outcome = send_once(address_of(port, **{way: True}))

    assert isinstance(outcome, ServerUnavailable)
    assert "certificate verify failed" in outcome.text
    assert keeper.envelopes == []


def test_no_mail_goes_in_clear_when_tls_is_asked_for_and_not_offered() -> None:
    with scripted_server({}) as server:
        outcome = send_once(address_of(server.port, use_tls=True))

    assert isinstance(outcome, ServerUnavailable)
    assert "STARTTLS" in outcome.text
    assert server.bodies == []


@pytest.mark.parametrize(
    ("password", "expected"), [("right", Accepted), ("wrong", AuthenticationRefused)]
)
def test_the_login_decides(
    certificate: tuple[Path, Path],
    server_context: ssl.SSLContext,
    password: str,
    expected: type[Outcome],
) -> None:
    login = {"username": "donut", "password": password}
    with running(
        Keeper(), authenticator=check_login, auth_required=True, tls_context=server_context
    ) as port:
        server = address_of(port, use_tls=True, ca_file=str(certificate[0]), **login)
        outcome = send_once(server)

    assert type(outcome) is expected


def test_a_server_that_offers_no_login_refuses_it() -> None:
    with scripted_server({}) as server:
        outcome = send_once(address_of(server.port, username="donut", password="right"))

    assert isinstance(outcome, AuthenticationRefused)


def test_one_line_serves_many_mails_and_is_renewed_at_its_limit() -> None:
    with (
        scripted_server({}) as server,
        closing(KeptConnection(address_of(server.port, mails_a_connection=2))) as line,
    ):
        outcomes = [send(line) for _ in range(5)]

    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert server.connection_count == 3


def test_a_line_that_the_server_gave_up_is_opened_anew() -> None:
    with (
        scripted_server({}) as server,
        closing(KeptConnection(address_of(server.port))) as line,
    ):
        send(line)
        server.hang_up()
        outcome = send(line)

    assert isinstance(outcome, Accepted)
    assert server.connection_count == 2


class Recorder(Client):
    """A client that remembers each write, and how long it would have waited there."""

    writes: list[bytes]
    limits: list[float | None]

    def send(self, s: object) -> None:
        if self.sock is not None and "writes" in self.__dict__:
            self.writes.append(s if isinstance(s, bytes) else str(s).encode())
            self.limits.append(self.sock.gettimeout())
        super().send(s)  # type: ignore[arg-type] # as broad as smtplib takes it

    def record(self) -> Outcome:
        self.ehlo()
        self.writes, self.limits = [], []
        return self.hand_over(sender="a@example.com", recipient="b@example.com", content=CONTENT)


def test_a_mail_is_two_writes_where_the_server_pipelines() -> None:
    with scripted_server({}) as server, closing(Recorder(address_of(server.port))) as client:
        client.record()

    assert client.writes == [
        b"MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n",
        b"Subject: x\r\n\r\n..a line\r\n.\r\n",
    ]


def test_the_final_dot_is_waited_for_longer_than_a_command() -> None:
    limits = {"command_timeout_s": 3, "dot_timeout_s": 7}
    with (
        scripted_server({}) as server,
        closing(Recorder(address_of(server.port, **limits))) as client,
    ):
        client.record()
        limit_afterwards = client.sock.gettimeout() if client.sock else None

    assert client.limits == [3, 7]
    assert limit_afterwards == 3


def test_a_line_that_the_server_announces_to_close_is_closed_at_once() -> None:
    replies = {"DOT": "421 4.3.2 closing"}
    with scripted_server(replies) as server, closing(Recorder(address_of(server.port))) as client:
        client.record()

        assert client.sock is None


@pytest.mark.parametrize("quit_reply", [DROP, "421 too late", "500 what?", HANG])
def test_leaving_raises_nothing_whatever_the_server_says(quit_reply: str) -> None:
    with scripted_server({"QUIT": quit_reply}) as server:
        line = KeptConnection(address_of(server.port, command_timeout_s=0.2))
        outcome = send(line)
        line.close()

    assert isinstance(outcome, Accepted)


def test_the_first_fault_is_not_hidden_by_the_good_bye() -> None:
    with (
        scripted_server({"QUIT": DROP}) as server,
        pytest.raises(ZeroDivisionError),
        Connection(address_of(server.port)),
    ):
        raise ZeroDivisionError

    assert server.connection_count == 1


@pytest.mark.parametrize(
    "address",
    ["a@example.com\r\nRCPT TO:<b@example.com>", "a@example.com>", "ışık@example.com", ""],
)
def test_an_address_that_leaves_its_command_is_never_sent(address: str) -> None:
    with scripted_server({}) as server, Connection(address_of(server.port)) as connection:
        message = Message(CONTENT, sender="a@example.com", recipient=address)
        with pytest.raises(flask_mail.BadHeaderError):
            connection.send(message)

    assert server.bodies == []


def test_a_suppressed_send_is_an_error() -> None:
    line = KeptConnection(address_of(free_port(), suppress=True))

    with pytest.raises(SendingSuppressed):
        send(line)


def test_a_listener_that_fails_leaves_the_mail_accepted() -> None:
    def fail(_sender: object, message: flask_mail.Message) -> None:
        raise RuntimeError(message.send_to)

    with scripted_server({}) as server, flask_mail.email_dispatched.connected_to(fail):
        outcome = send_once(address_of(server.port))

    assert isinstance(outcome, Accepted)


def test_the_wire_is_never_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with scripted_server({}) as server:
        send_once(address_of(server.port))

    assert "ayse" not in "".join(capfd.readouterr())


def test_the_final_dot_may_take_ten_minutes_by_default() -> None:
    server = MailServer(host="127.0.0.1", port=25, ehlo_name="localhost")

    assert (server.connect_timeout_s, server.command_timeout_s, server.dot_timeout_s) == (
        10,
        60,
        600,
    )
    assert issubclass(Client, smtplib.SMTP)
