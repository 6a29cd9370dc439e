"""One IMAP mailbox: its mails by UID, read without a mark, filed only when told to (RFC 9051)."""

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from surveys.errors import N_, DonutError
from surveys.settings import Settings

TIMEOUT_S = 30.0
STARTTLS_PORT = 143
PROCESSED, UNRECOGNISED = "Processed", "Unrecognised"


class MailboxAway(DonutError):
    """The mailbox for returned mails can't be read now."""

    code = "bounce_mailbox_away"
    status = 503
    message = N_(
        "The mailbox for returned mails can't be read (%(fault)s). Check DONUT_BOUNCE_IMAP_HOST,"
        " its name and password; nothing is lost meanwhile."
    )


class NotFiled(DonutError):
    """The server would not move one mail; the line to it still holds."""

    code = "bounce_not_filed"
    status = 503
    message = N_(
        "A returned mail was read and could not be moved to another folder (%(fault)s). Look at"
        " the mailbox's quota and folders; the mail stays where it is."
    )


@dataclass(frozen=True, kw_only=True)
class MailboxAddress:
    """Where returned mails wait. TLS is always verified; port 143 begins it by STARTTLS."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    mailbox: str
    ca_file: str | None


def read_mailbox_address(settings: Settings) -> MailboxAddress | None:
    """Return where the settings say that returned mails wait, or None."""
    if settings.bounce_imap_host is None:
        return None
    return MailboxAddress(
        host=settings.bounce_imap_host,
        port=settings.bounce_imap_port,
        username=settings.bounce_imap_username or "",
        password=settings.bounce_imap_password or "",
        mailbox=settings.bounce_imap_mailbox,
        ca_file=settings.bounce_imap_ca_file,
    )


@contextmanager
def open_mailbox(address: MailboxAddress) -> Iterator["ImapBox"]:
    """Yield the opened mailbox. Raises MailboxAway, also for a fault in between."""
    try:
        client = _connect(address)
    except (OSError, imaplib.IMAP4.error, UnicodeError) as fault:
        raise MailboxAway(fault=_describe(fault)) from fault
    try:
        yield ImapBox(client, address)
    except (OSError, imaplib.IMAP4.error) as fault:
        raise MailboxAway(fault=_describe(fault)) from fault
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            client.logout()


class ImapBox:
    """The selected mailbox; UIDs hold while UIDVALIDITY does, and both make a mail's key."""

    def __init__(self, client: imaplib.IMAP4, address: MailboxAddress) -> None:
        self._client = client
        _expect(client.select(_quote(address.mailbox)))
        validity = client.response("UIDVALIDITY")[1]
        self._place = f"{address.host}/{address.username}/{address.mailbox}/{_text(validity)}"

    def key_of(self, uid: str) -> str:
        """Return the name of a mail that no other mail of any mailbox ever has."""
        return f"imap:{self._place}/{uid}"

    def list_uids(self) -> list[str]:
        """Return the UIDs of all mails."""
        found = _expect(self._client.uid("SEARCH", "UNDELETED"))
        return _text(found).split()

    def fetch(self, uid: str, most_bytes: int) -> bytes | None:
        """Return the first bytes of a mail, left unread there; None when it is gone."""
        found = _expect(self._client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{most_bytes}>)"))
        return next((item[1] for item in found if isinstance(item, tuple)), None)

    def file(self, uid: str, *, is_understood: bool) -> None:
        """Move a mail to the folder of what was understood, or of what a person must read.

        Raises NotFiled when the server says no, as with a full quota.
        """
        try:
            self._move(uid, is_understood=is_understood)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as fault:
            raise NotFiled(fault=_describe(fault)) from fault

    def _move(self, uid: str, *, is_understood: bool) -> None:
        folder = _quote(PROCESSED if is_understood else UNRECOGNISED)
        if "MOVE" in self._client.capabilities:
            if self._client.uid("MOVE", uid, folder)[0] != "OK":
                _expect(self._client.create(folder))
                _expect(self._client.uid("MOVE", uid, folder))
            return
        if self._client.uid("COPY", uid, folder)[0] != "OK":
            _expect(self._client.create(folder))
            _expect(self._client.uid("COPY", uid, folder))
        _expect(self._client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))
        if "UIDPLUS" in self._client.capabilities:
            _expect(self._client.uid("EXPUNGE", uid))


def _connect(address: MailboxAddress) -> imaplib.IMAP4:
    context = ssl.create_default_context(cafile=address.ca_file)
    client: imaplib.IMAP4
    if address.port == STARTTLS_PORT:
        client = imaplib.IMAP4(address.host, address.port, timeout=TIMEOUT_S)
        client.starttls(context)
    else:
        client = imaplib.IMAP4_SSL(
            address.host, address.port, ssl_context=context, timeout=TIMEOUT_S
        )
    try:
        _sign_in(client, address)
        # Servers tell what they can only to who has signed in, and the client doesn't ask again.
        found = _text(_expect(client.capability()))
    except BaseException:
        client.shutdown()
        raise
    client.capabilities = tuple(found.upper().split())
    return client


def _sign_in(client: imaplib.IMAP4, address: MailboxAddress) -> None:
    """Sign in; by PLAIN where it is offered, since LOGIN takes ASCII alone (RFC 4616)."""
    if "AUTH=PLAIN" not in client.capabilities:
        client.login(address.username, address.password)
        return
    said = f"\0{address.username}\0{address.password}".encode()
    client.authenticate("PLAIN", lambda _challenge: said)


def _expect(answer: tuple[str, Sequence[object]]) -> Sequence[object]:
    """Return the data of an answer that is OK. Raises IMAP4.error for any other."""
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(_text(data) or status)
    return data


def _text(data: Sequence[object] | object) -> str:
    first = data[0] if isinstance(data, list | tuple) and data else data
    return first.decode("ascii", "replace") if isinstance(first, bytes) else ""


def _quote(name: str) -> str:
    escaped = re.sub(r'(["\\])', r"\\\1", name)
    return f'"{escaped}"'


def _describe(fault: Exception) -> str:
    return f"{type(fault).__name__}: {str(fault)[:200]}"
