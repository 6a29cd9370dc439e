"""An SMTP client for one sender thread: bounded waits, verified TLS, few round trips.

Against smtplib's own: MAIL, RCPT and DATA travel together where the server pipelines (RFC 2920);
body and final dot are one write (two meet Nagle's algorithm and delayed acknowledgements, 44 ms a
mail); the final reply is returned; and what a fault means depends on whether the body had begun.
"""

import select
import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from typing import Final

from surveys.delivery.outcomes import (
    CLOSING,
    CONSENT,
    REFUSAL,
    WAITS_FOR_BODY,
    Accepted,
    NotSent,
    Outcome,
    OutcomeUnknown,
    ServerUnavailable,
    Stage,
    clean,
    is_consent,
    read_refusal,
)

Reply = tuple[int, bytes]
NO_REPLY: Final[Reply] = (0, b"")


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where mails are handed over, and how long each step may take (seconds).

    The final dot's limit is RFC 5321's (§4.5.3.2.6): a shorter one makes duplicates of mails that
    a busy server had taken. `ca_file` replaces the system's authorities. `suppress` makes every
    send an error: it is there so that no mail passes for sent that was not.
    """

    host: str
    port: int
    ehlo_name: str
    use_tls: bool = False
    use_ssl: bool = False
    ca_file: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    connect_timeout_s: float = 10
    command_timeout_s: float = 60
    dot_timeout_s: float = 600
    mails_a_connection: int = 100
    suppress: bool = False


def tls_context(server: MailServer) -> ssl.SSLContext:
    """Return a context that verifies certificate and host name."""
    return ssl.create_default_context(cafile=server.ca_file)


class Client(smtplib.SMTP):
    """One connection to a mail server."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        super().__init__(
            server.host,
            server.port,
            local_hostname=server.ehlo_name,
            timeout=server.connect_timeout_s,
        )

    @property
    def is_open(self) -> bool:
        """Whether another mail can be tried: the line is there and the server said nothing on it.

        A server that gives up an idle line says 421 or closes it; both can be read without waiting.
        """
        if self.sock is None:
            return False
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        return not poll.poll(0)

    def hand_over(self, *, sender: str, recipient: str, content: bytes) -> Outcome:
        """Send one mail to one recipient and return what became of it; raises nothing of SMTP's.

        `content` is a whole message with CRLF line ends, dots not yet doubled; the addresses are
        ASCII. After an outcome that loses the line, `is_open` is False.
        """
        try:
            refusal = self._offer(sender, recipient)
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            return ServerUnavailable(0, describe(fault))
        if refusal is None:
            return self._deliver(content)
        if isinstance(refusal, ServerUnavailable):
            self.close()
        return refusal

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        line = socket.create_connection((host, port), timeout)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.settimeout(self.server.command_timeout_s)
        return line

    def _offer(self, sender: str, recipient: str) -> NotSent | None:
        """Bring the server to the point where it waits for the body, or return its refusal."""
        self.ehlo_or_helo_if_needed()
        commands = {
            Stage.MAIL: f"MAIL FROM:<{sender}>",
            Stage.RCPT: f"RCPT TO:<{recipient}>",
            Stage.DATA: "DATA",
        }
        ask = self._ask_together if self.has_extn("pipelining") else self._ask_in_turn
        replies = ask(commands)
        stage = _first_refused(replies)
        if stage is None:
            return None
        refusal = read_refusal(stage, *replies[stage])
        if not isinstance(refusal, ServerUnavailable):
            self._leave(replies)
        return refusal

    def _ask_together(self, commands: dict[Stage, str]) -> dict[Stage, Reply]:
        lines = "\r\n".join(commands.values())
        self.send(f"{lines}\r\n")
        self._acknowledge_at_once()
        replies: dict[Stage, Reply] = {}
        try:
            for stage in commands:
                replies[stage] = self.getreply()
        except (OSError, smtplib.SMTPException):
            # A refusal that was heard before the line went dead is an answer all the same.
            if _first_refused(replies) is None:
                raise
        return replies

    def _acknowledge_at_once(self) -> None:
        """Keep a server that writes its three replies one by one from waiting 40 ms between them.

        Its next small segment may wait for the acknowledgement of the last, which Linux delays
        while we have nothing to say; elsewhere the option is unknown.
        """
        if self.sock is not None and hasattr(socket, "TCP_QUICKACK"):
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def _ask_in_turn(self, commands: dict[Stage, str]) -> dict[Stage, Reply]:
        replies: dict[Stage, Reply] = {}
        for stage, command in commands.items():
            replies[stage] = self.docmd(command)
            if _first_refused(replies) is not None:
                break
        return replies

    def _leave(self, replies: dict[Stage, Reply]) -> None:
        """Make the line ready for the next mail after a refusal; close it where that fails."""
        try:
            if replies.get(Stage.DATA, NO_REPLY)[0] == WAITS_FOR_BODY:
                # It refused the recipient, yet waits for a body: give it none (RFC 2920, §3.1).
                self.docmd(".")
            else:
                self.rset()
        except (OSError, smtplib.SMTPException):
            self.close()

    def _deliver(self, content: bytes) -> Outcome:
        body = _double_dots(content)
        ending = b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n"
        try:
            self._wait_at_most(self.server.dot_timeout_s)
            self.send(body + ending)
            code, raw = self.getreply()
            self._wait_at_most(self.server.command_timeout_s)
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            return OutcomeUnknown(describe(fault))
        return self._judge(code, raw)

    def _judge(self, code: int, raw: bytes) -> Outcome:
        if code in CONSENT:
            return Accepted(code, clean(raw))
        if code not in REFUSAL:
            self.close()
            return OutcomeUnknown(clean(raw))
        if code == CLOSING:
            self.close()
        return read_refusal(Stage.DOT, code, raw)

    def _wait_at_most(self, seconds: float) -> None:
        if self.sock is not None:
            self.sock.settimeout(seconds)


class TLSClient(Client):
    """A client that speaks TLS from the first byte."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        line = super()._get_socket(host, port, timeout)
        return tls_context(self.server).wrap_socket(line, server_hostname=host)


def describe(fault: Exception) -> str:
    """Return a fault of the line as a short text without addresses."""
    if isinstance(fault, smtplib.SMTPResponseException):
        error = fault.smtp_error
        return clean(error if isinstance(error, bytes) else error.encode())
    return clean(str(fault).encode())


def _double_dots(content: bytes) -> bytes:
    """Return `content` with one dot more on lines that begin with one (RFC 5321, section 4.5.2)."""
    doubled = content.replace(b"\n.", b"\n..")
    return b"." + doubled if doubled.startswith(b".") else doubled


def _first_refused(replies: dict[Stage, Reply]) -> Stage | None:
    return next(
        (stage for stage, (code, _) in replies.items() if not is_consent(stage, code)), None
    )
