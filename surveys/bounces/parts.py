"""The parts of a returned mail: bytes → header values and blocks, whatever state they are in.

Read by the lenient policy, which keeps headers as they came and raises nothing for them.
"""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message

LARGEST_BYTES = 1024 * 1024
LONGEST_TEXT = 64 * 1024
MOST_PARTS = 100
MAIL_TYPES = frozenset({"message/rfc822", "message/global", "text/rfc822-headers"})


def parse(raw: bytes) -> Message:
    """Return the mail that `raw` holds; of a longer one only its first LARGEST_BYTES are read."""
    return message_from_bytes(raw[:LARGEST_BYTES], policy=policy.compat32)


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
    value = block.get(name)
    if value is None:
        return ""
    try:
        text = str(make_header(decode_header(str(value))))
    except (ValueError, LookupError):
        text = str(value)
    return " ".join(text.replace("\0", "").split())


def headers(block: Message, name: str) -> list[str]:
    """Return every value of a header that may stand more than once."""
    return [" ".join(str(value).replace("\0", "").split()) for value in block.get_all(name, [])]


def blocks(part: Message) -> list[Message]:
    """Return the blocks of fields of a report part (RFC 3464, section 2.1), or of a sloppy one."""
    if part.is_multipart():
        return list(_children(part))
    written = text_of(part).replace("\r\n", "\n").strip("\n").split("\n\n")
    return [parse(block.encode("utf-8", "replace")) for block in written if block.strip()]


def returned_mail(part: Message) -> Message | None:
    """Return the mail that a part brings back, whole or its headers alone."""
    kind = part.get_content_type()
    if kind == "text/rfc822-headers":
        return parse(text_of(part).encode("utf-8", "replace"))
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
    except LookupError:
        text = payload[:LONGEST_TEXT].decode("utf-8", errors="replace")
    return text.replace("\0", "")


def _children(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (child for child in payload if isinstance(child, Message))
