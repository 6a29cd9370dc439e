"""Flask-Mail's message and connection with the faults of 0.10 cured; the only module that knows it.

Enters: ready bytes, one sender, one recipient. Leaves: an outcome. Works without an application:
the server is a plain value. Flask-Mail's own composing (long headers become encoded words,
addresses lose their domain's spelling) and its connecting (no timeout, any certificate, the wire
on stderr in debug mode) are never reached.
"""

import smtplib
from types import TracebackType
from typing import cast

import flask_mail
import structlog

from surveys.delivery.addresses import is_address
from surveys.delivery.client import Client, MailServer, TLSClient, describe, tls_context
from surveys.delivery.outcomes import (
    TEMPORARY,
    Accepted,
    AuthenticationRefused,
    Outcome,
    ServerUnavailable,
)

log = structlog.get_logger()


class SendingSuppressed(Exception):
    """Sending is switched off; returning in silence would let the outbox record a mail as sent."""


class Message(flask_mail.Message):
    """One composed mail to one recipient."""

    sender: str

    def __init__(self, content: bytes, *, sender: str, recipient: str) -> None:
        # Not Flask-Mail's own: that asks the resolver for this machine's name with every mail.
        self.sender = sender
        self.recipient = recipient
        self.content = content

    @property
    def send_to(self) -> set[str | tuple[str, str]]:
        """The one recipient."""
        return {self.recipient}

    def as_bytes(self) -> bytes:
        """Return the bytes as composed."""
        return self.content

    def has_bad_headers(self) -> bool:
        """Tell whether an envelope address could break out of its SMTP command."""
        return not (is_address(self.sender) and is_address(self.recipient))


class Connection(flask_mail.Connection):
    """One SMTP connection. Entering raises what opening meets, leaving raises nothing."""

    host: Client | None

    def __init__(self, server: MailServer) -> None:
        # All that Flask-Mail reads of its mail object is `suppress`.
        super().__init__(cast("flask_mail.Mail", server))
        self.server = server

    def configure_host(self) -> Client:
        """Return a client that has connected, spoken TLS where asked, and logged in.

        Raises OSError or smtplib.SMTPException; TLS that was asked for and fails is such a fault.
        """
        server = self.server
        host = TLSClient(server) if server.use_ssl else Client(server)
        try:
            if server.use_tls:
                host.starttls(context=tls_context(server))
            if server.username and server.password:
                _log_in(host, server.username, server.password)
        except BaseException:
            host.close()
            raise
        return host

    def send(  # type: ignore[override] # Flask-Mail drops the final reply; the outbox needs it
        self, message: Message, envelope_from: str | None = None
    ) -> Outcome:
        """Send and return the outcome; bounces go to `envelope_from`, else to the sender.

        Raises SendingSuppressed, and flask_mail.BadHeaderError for an address that is none.
        """
        sender = envelope_from or message.sender
        if message.has_bad_headers() or not is_address(sender):
            raise flask_mail.BadHeaderError
        if self.host is None:
            raise SendingSuppressed
        outcome = self.host.hand_over(
            sender=sender, recipient=message.recipient, content=message.as_bytes()
        )
        if isinstance(outcome, Accepted):
            self.num_emails += 1
            self._tell(message)
        return outcome

    def _tell(self, message: Message) -> None:
        try:
            flask_mail.email_dispatched.send(self, message=message)
        except Exception:
            # The mail is accepted, whatever a listener makes of it: raising would send it again.
            log.exception("mail_listener_failed")

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Say good-bye; a server that doesn't answer is left without."""
        if self.host is None:
            return
        try:
            self.host.quit()
        except (OSError, smtplib.SMTPException):
            self.host.close()


class KeptConnection:
    """One connection of one sender thread, opened when needed and anew after each loss."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._connection: Connection | None = None

    @property
    def is_open(self) -> bool:
        """Whether a mail can be sent without opening a new line first."""
        connection = self._connection
        return (
            connection is not None
            and connection.host is not None
            and connection.host.is_open
            and connection.num_emails < self.server.mails_a_connection
        )

    def open(self) -> ServerUnavailable | AuthenticationRefused | None:
        """Make sure that a mail can be sent at once, or return why not; quick when it is open."""
        if self.is_open:
            return None
        self.close()
        connection = Connection(self.server)
        try:
            connection.__enter__()
        except (OSError, smtplib.SMTPException) as fault:
            return _read_opening_fault(fault)
        self._connection = connection
        return None

    def send(self, content: bytes, *, sender: str, recipient: str) -> Outcome:
        """Send one composed mail; opens first where needed.

        `sender` is the envelope's: bounces go there. Raises flask_mail.BadHeaderError.
        """
        fault = self.open()
        if fault is not None:
            return fault
        assert self._connection is not None  # noqa: S101 - for the type checker: just opened
        return self._connection.send(Message(content, sender=sender, recipient=recipient))

    def close(self) -> None:
        """Say good-bye, if there is a line; it can be opened again."""
        if self._connection is not None:
            self._connection.__exit__(None, None, None)
            self._connection = None


def _log_in(host: Client, username: str, password: str) -> None:
    try:
        host.login(username, password)
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException):
        raise
    except smtplib.SMTPException as fault:
        # The server offers no login, or none that we know: as final as a refused password.
        raise smtplib.SMTPAuthenticationError(0, str(fault)) from fault


def _read_opening_fault(fault: Exception) -> ServerUnavailable | AuthenticationRefused:
    """Tell a refused login, which waiting won't mend, from a server that isn't there."""
    code = fault.smtp_code if isinstance(fault, smtplib.SMTPResponseException) else 0
    if isinstance(fault, smtplib.SMTPAuthenticationError) and code not in TEMPORARY:
        return AuthenticationRefused(code, describe(fault))
    return ServerUnavailable(code, describe(fault))
