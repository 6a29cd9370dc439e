"""A real SMTP server that writes every mail down before it says 250: the other side's truth."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.parser import BytesHeaderParser
from threading import Condition
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from surveys.delivery.client import MailServer
from tests.smtp_servers import address_of, free_port


class Sink:
    """`message_ids` and `recipients` of what was accepted, in order.

    `replies` holds, by recipient, what RCPT answers in turn; after the last comes 250.
    `on_mail` is called once a mail is written down and before it is answered.
    """

    def __init__(self) -> None:
        self.message_ids: list[str] = []
        self.recipients: list[str] = []
        self.contents: list[bytes] = []
        self.replies: dict[str, list[str]] = {}
        self.port = free_port()
        self.on_mail: Callable[[], object] = bool
        self._changed = Condition()

    @property
    def server(self) -> MailServer:
        """Where to hand mails over."""
        return address_of(self.port)

    def wait_for(self, count: int) -> None:
        """Return once `count` mails are written down in all; fail after a minute without."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.message_ids) >= count, timeout=60)

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        replies = self.replies.get(address, [])
        if replies:
            return replies.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        headers = BytesHeaderParser().parsebytes(content)
        self.recipients.extend(envelope.rcpt_tos)
        self.contents.append(content)
        with self._changed:
            self.message_ids.append(str(headers["Message-ID"]))
            self._changed.notify_all()
        self.on_mail()
        return "250 2.0.0 taken"


@contextmanager
def running_sink(sink: Sink | None = None, *, address: str = "127.0.0.1") -> Iterator[Sink]:
    """Run `sink`, or a new one; the same one may be started again, on the same port."""
    taken = sink or Sink()
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    controller = Controller(taken, hostname=address, port=taken.port)
    controller.start()
    try:
        yield taken
    finally:
        controller.stop()
