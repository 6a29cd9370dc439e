"""What becomes of one mail at servers that refuse, hang, drop and lie."""

from contextlib import closing

import pytest

from surveys.delivery.outcomes import (
    Accepted,
    AuthenticationRefused,
    Outcome,
    OutcomeUnknown,
    PolicyRefused,
    RecipientRefused,
    ServerUnavailable,
    Stage,
    TemporarilyRefused,
    clean,
    read_refusal,
)
from surveys.delivery.smtp import KeptConnection
from tests.smtp_servers import (
    DROP,
    HANG,
    USUAL,
    ScriptedServer,
    address_of,
    free_port,
    scripted_server,
)

CONTENT = b"Subject: x\r\n\r\n.a line\r\nlast\r\n"
SHORT = {"command_timeout_s": 0.2, "dot_timeout_s": 0.2}
both_ways = pytest.mark.parametrize("pipelining", [True, False])


def send_once(server: ScriptedServer, **over: float) -> Outcome:
    with closing(KeptConnection(address_of(server.port, **over))) as line:
        return send(line)


def send_twice(server: ScriptedServer, **over: float) -> list[Outcome]:
    with closing(KeptConnection(address_of(server.port, **over))) as line:
        return [send(line), send(line)]


def send(line: KeptConnection) -> Outcome:
    return line.send(CONTENT, sender="b+x@example.edu.tr", recipient="ayse@example.com")


@both_ways
def test_a_mail_is_accepted_with_the_final_reply(*, pipelining: bool) -> None:
    with scripted_server({}, pipelining=pipelining) as server:
        outcome = send_once(server)

    assert outcome == Accepted(250, "2.0.0 queued as 4ABC")
    assert server.commands[:4] == [
        "ehlo anket.example.edu.tr",
        "MAIL FROM:<b+x@example.edu.tr>",
        "RCPT TO:<ayse@example.com>",
        "DATA",
    ]
    assert server.bodies == [b"Subject: x\r\n\r\n..a line\r\nlast\r\n"]


@both_ways
@pytest.mark.parametrize(
    ("command", "reply", "expected"),
    [
        ("RCPT", "550 5.1.1 <ayse@example.com> unknown", RecipientRefused),
        ("RCPT", "550 no such user", RecipientRefused),
        ("RCPT", "554 5.7.1 relay access denied", PolicyRefused),
        ("RCPT", "450 4.2.0 greylisted", TemporarilyRefused),
        ("RCPT", "452 too many", TemporarilyRefused),
        ("RCPT", "451 4.7.0 try later", ServerUnavailable),
        ("MAIL", "550 5.1.8 sender refused", PolicyRefused),
        ("MAIL", "530 5.7.0 authentication required", AuthenticationRefused),
        ("DATA", "451 4.3.0 try later", TemporarilyRefused),
        ("DOT", "451 4.3.0 disk full", TemporarilyRefused),
        ("DOT", "552 5.2.2 mailbox full", RecipientRefused),
        ("DOT", "554 5.7.1 looks like spam", PolicyRefused),
        ("DOT", "550 not here", PolicyRefused),
    ],
)
def test_a_refusal_spoils_only_its_own_mail(
    *, pipelining: bool, command: str, reply: str, expected: type[Outcome]
) -> None:
    with scripted_server({command: [reply, USUAL[command]]}, pipelining=pipelining) as server:
        first, second = send_twice(server)

    assert type(first) is expected
    assert isinstance(second, Accepted)


def test_a_recipient_refused_although_data_goes_on_gets_an_empty_body() -> None:
    with scripted_server({"RCPT": ["550 5.1.1 unknown", "250 Ok"]}) as server:
        first, second = send_twice(server)

    assert first == RecipientRefused(550, "5.1.1 unknown")
    assert isinstance(second, Accepted)
    assert server.bodies[0] == b""
    assert server.connection_count == 1


def test_a_refusal_counts_when_the_line_drops_after_it() -> None:
    with scripted_server({"RCPT": "550 5.1.1 unknown", "DATA": DROP}) as server:
        outcome = send_once(server)

    assert outcome == RecipientRefused(550, "5.1.1 unknown")


@both_ways
@pytest.mark.parametrize("command", ["GREETING", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("reply", ["421 4.3.2 shutting down", DROP])
def test_a_server_that_goes_before_the_body_is_unavailable(
    *, pipelining: bool, command: str, reply: str
) -> None:
    with scripted_server({command: [reply, USUAL[command]]}, pipelining=pipelining) as server:
        first, second = send_twice(server)

    assert isinstance(first, ServerUnavailable)
    assert isinstance(second, Accepted)
    assert server.connection_count == 2


@pytest.mark.parametrize("command", ["GREETING", "MAIL", "DATA"])
def test_a_server_that_hangs_before_the_body_is_unavailable(command: str) -> None:
    with scripted_server({command: HANG}) as server:
        outcome = send_once(server, **SHORT)

    assert isinstance(outcome, ServerUnavailable)
    assert "timed out" in outcome.text


@both_ways
@pytest.mark.parametrize("reply", [DROP, HANG, "what?", "199 hm"])
def test_the_outcome_is_unknown_when_the_final_reply_is_lost(
    *, pipelining: bool, reply: str
) -> None:
    with scripted_server({"DOT": [reply, "250 Ok"]}, pipelining=pipelining) as server:
        first, second = send_twice(server, **SHORT)

    assert isinstance(first, OutcomeUnknown)
    assert isinstance(second, Accepted)
    assert server.connection_count == 2


def test_a_server_closing_at_the_dot_has_not_taken_the_mail() -> None:
    with scripted_server({"DOT": ["421 4.3.2 closing", "250 Ok"]}) as server:
        first, second = send_twice(server)

    assert first == TemporarilyRefused(421, "4.3.2 closing")
    assert isinstance(second, Accepted)


def test_nobody_listening_is_unavailable() -> None:
    outcome = send(KeptConnection(address_of(free_port())))

    assert isinstance(outcome, ServerUnavailable)


@pytest.mark.parametrize(
    ("stage", "code", "text", "expected"),
    [
        (Stage.RCPT, 550, b"4.2.2 full", TemporarilyRefused),
        (Stage.RCPT, 450, b"5.1.1 gone", RecipientRefused),
        (Stage.RCPT, 553, b"5.1.7 bad sender", PolicyRefused),
        (Stage.DOT, 550, b"5.1.1 unknown", RecipientRefused),
        (Stage.MAIL, 535, b"", AuthenticationRefused),
        (Stage.DATA, 250, b"", ServerUnavailable),
        (Stage.RCPT, -1, b"", ServerUnavailable),
    ],
)
def test_the_enhanced_code_decides_before_the_basic_one(
    stage: Stage, code: int, text: bytes, expected: type[Outcome]
) -> None:
    assert type(read_refusal(stage, code, text)) is expected


def test_a_reply_is_kept_on_one_short_line_without_addresses() -> None:
    kept = clean(b"5.1.1 <ayse@example.com>\nno\0 such ayse@example.com: \xff" + b"x" * 900)

    assert kept.startswith("5.1.1 <…@…> no such …@…: \ufffdx")
    assert len(kept) == 500
