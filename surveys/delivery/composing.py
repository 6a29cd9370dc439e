"""A mail's bytes, as they go over the wire: headers, then text and HTML as alternatives.

An own composer, since Flask-Mail's and the standard library's (at their defaults) turn a long
List-Unsubscribe into encoded words, which ends one-click, and take ten times as long. Seven bits
only, so that no hop re-encodes and breaks DKIM; lines of at most 76 characters, but for a header
value without a blank; the same bytes for the same mail, so that golden tests can hold them.
"""

from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache, reduce
from hashlib import sha256
from typing import Final

from surveys.delivery.addresses import HeaderRefused, Mailbox, check_mailbox, check_value

# Header's default of 78 lets an encoded word grow to 77 characters; RFC 2047 allows 75.
LINE: Final = 76


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail to one person. `message_id` stands in angle brackets, `unsubscribe_url` doesn't.

    `text` and `html` are quoted-printable, see `quoting`.

    What large receivers ask of mail to many stays None in a mail to one of us: the way out, the
    list, and whose campaign it is.
    """

    message_id: str
    sent_at: datetime
    sender: Mailbox
    recipient: Mailbox
    reply_to: Mailbox
    subject: str
    text: str
    html: str
    unsubscribe_url: str | None = None
    list_id: str | None = None
    feedback_id: str | None = None


def compose(mail: Mail) -> bytes:
    """Return the whole message with CRLF line ends.

    Raises HeaderRefused for a value that would break out of its header.
    """
    # Quoted-printable text never holds "=_".
    boundary = f"=_{sha256(mail.message_id.encode()).hexdigest()[:32]}"
    headers = [
        _mailbox_header("From", mail.sender),
        _mailbox_header("To", mail.recipient),
        _mailbox_header("Reply-To", mail.reply_to),
        _text_header("Subject", mail.subject),
        f"Date: {format_datetime(mail.sent_at)}",
        _literal_header("Message-ID", mail.message_id),
        *_way_out(mail.unsubscribe_url),
        *([] if mail.list_id is None else [_literal_header("List-Id", f"<{mail.list_id}>")]),
        "Auto-Submitted: auto-generated",
        *([] if mail.list_id is None else ["Precedence: bulk"]),
        "X-Auto-Response-Suppress: OOF, AutoReply",
        *([] if mail.feedback_id is None else [_literal_header("Feedback-ID", mail.feedback_id)]),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"',
    ]
    lines = [
        *headers,
        "",
        f"--{boundary}",
        *_part("plain", mail.text),
        f"--{boundary}",
        *_part("html", mail.html),
        f"--{boundary}--",
        "",
    ]
    return "\r\n".join(lines).encode("ascii")


def _way_out(url: str | None) -> list[str]:
    if url is None:
        return []
    header = _literal_header("List-Unsubscribe", f"<{url}>")
    return [header, "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]


def _part(subtype: str, quoted: str) -> list[str]:
    return [
        f'Content-Type: text/{subtype}; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
        "",
        quoted,
    ]


def _literal_header(name: str, value: str) -> str:
    """Return a header whose value is ASCII without blanks and stands as it is, however long."""
    check_value(name, value)
    if not value.isascii() or " " in value:
        raise HeaderRefused(field=name)
    return f"{name}: {value}"


@lru_cache(maxsize=256)
def _text_header(name: str, value: str) -> str:
    check_value(name, value)
    line = " ".join(value.split())
    return _fold(name, line) if _is_plain(line) else _encode(name, line)


@lru_cache(maxsize=256)
def _mailbox_header(name: str, mailbox: Mailbox) -> str:
    check_mailbox(name, mailbox)
    phrase = " ".join(mailbox.name.split())
    if not phrase:
        return f"{name}: {mailbox.address}"
    if not _is_plain(phrase):
        return _append(_encode(name, phrase), f"<{mailbox.address}>")
    escaped = phrase.replace("\\", "\\\\").replace('"', '\\"')
    return _fold(name, f'"{escaped}" <{mailbox.address}>')


def _is_plain(text: str) -> bool:
    """Tell whether text can stand as it is; "=?" would be read as an encoded word."""
    return text.isascii() and "=?" not in text


def _encode(name: str, text: str) -> str:
    words = Header(text, "utf-8", header_name=name, maxlinelen=LINE).encode(linesep="\r\n")
    return f"{name}: {words}"


def _fold(name: str, value: str) -> str:
    """Return a header broken at blanks, so that no piece but a long word passes the limit.

    The first word stays beside the name: a first line without content is read with a blank more.
    """
    first, *words = value.split(" ")
    return reduce(_append, words, f"{name}: {first}")


def _append(lines: str, word: str) -> str:
    width = len(lines) - (lines.rfind("\n") + 1)
    return f"{lines} {word}" if width + 1 + len(word) <= LINE else f"{lines}\r\n {word}"
