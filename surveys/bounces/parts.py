"""The parts of a returned mail: bytes → header values and blocks, whatever state they are in.

Read by the lenient policy, which keeps headers as they came. Strangers write these mails, so
everything is cut to a length that costs nothing, and no text leaves here that can't be stored.
"""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser

LARGEST_BYTES = 1024 * 1024
LONGEST_TEXT = 64 * 1024
LONGEST_VALUE = 2_000
MOST_VALUES = 20
MOST_PARTS = 100
MAIL_TYPES = frozenset({"message/rfc822", "message/global", "text/rfc822-headers"})


def parse(raw: bytes) -> Message:
    """Return the mail that `raw` holds; of a longer one only its first LARGEST_BYTES are read.

    Of one whose parts stand too deep in each other for any parser, its own headers and its text.
    """
    cut = raw[:LARGEST_BYTES]
    try:
        return message_from_bytes(cut, policy=policy.compat32)
    except RecursionError:
        return BytesHeaderParser(policy=policy.compat32).parsebytes(cut)


def walk(mail: Message) -> Iterator[Message]:
    """Yield the mail and its parts, at most MOST_PARTS of them, without the mails inside it."""
    waiting, count = [mail], 0
    while waiting and count < MOST_PARTS:
        part = waiting.pop(0)
        count += 1
        yield part
        if part.is_multipart() and part.get_content_type() not in MAIL_TYPES | {
            "message/delivery-status",
            "message/feedback-report",
        }:
            waiting = [*_children(part), *waiting]


def header(block: Message, name: str) -> str:
    """Return a header's text on one line, decoded where it was encoded; "" when it is absent."""
    written = next(iter(_written(block, name)), "")
    try:
        return _on_one_line(str(make_header(decode_header(written))))
    except (ValueError, LookupError, MessageError):
        return _on_one_line(written)


def headers(block: Message, name: str) -> list[str]:
    """Return the values of a header that may stand more than once, at most MOST_VALUES of them."""
    return [_on_one_line(value) for value in _written(block, name)[:MOST_VALUES]]


def _written(block: Message, name: str) -> list[str]:
    """Return a header's values; bytes that no standard allows there are read as UTF-8."""
    values = [str(value) for key, value in block.raw_items() if key.lower() == name.lower()]
    return [
        value[:LONGEST_VALUE].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        for value in values
    ]


def blocks(part: Message) -> list[Message]:
    """Return the blocks of fields of a report part (RFC 3464, section 2.1), or of a sloppy one."""
    if part.is_multipart():
        return list(_children(part))[:MOST_PARTS]
    written = text_of(part).replace("\r\n", "\n").strip("\n").split("\n\n")
    return [parse(block.encode()) for block in written[:MOST_PARTS] if block.strip()]


def returned_mail(part: Message) -> Message | None:
    """Return the mail that a part brings back, whole or its headers alone."""
    kind = part.get_content_type()
    if kind == "text/rfc822-headers":
        return parse(text_of(part).encode())
    if kind in MAIL_TYPES and part.is_multipart():
        return next(_children(part), None)
    return None


def text_of(part: Message) -> str:
    """Return the text of a part, cut to LONGEST_TEXT."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset("utf-8")
    try:
        text = payload[:LONGEST_TEXT].decode(charset, errors="replace")
    except (LookupError, ValueError):
        # Some encodings of Python's own are none for a mail.
        text = payload[:LONGEST_TEXT].decode("utf-8", errors="replace")
    return _storable(text)


def _on_one_line(text: str) -> str:
    return " ".join(_storable(text).split())


def _storable(text: str) -> str:
    """Return text without what a database refuses: NUL, and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _children(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (child for child in payload if isinstance(child, Message))
