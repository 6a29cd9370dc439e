"""The names that a mail bears outwards, and whether one that comes back was given by us.

A name is the number of an outbox row and a tag. The tag is keyed, so nobody can make one up, and
holds the invitation's random id: after a backup was put back a number may be given out again, and
what comes back for the mail that is forgotten must not be taken for another person's.
"""

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from surveys.tokens import tag_row

ROW_ID_BYTES = 5


class Place(StrEnum):
    """Where a name stands; a tag that is made for one place is worth nothing in the other."""

    MESSAGE_ID = "message"
    BOUNCE_ADDRESS = "bounce"


@dataclass(frozen=True)
class MailName:
    """What somebody says is the name of a mail of ours."""

    place: Place
    row_id: int
    tag: str

    def is_ours(self, *, public_id: str, keys: Sequence[bytes]) -> bool:
        """Tell whether we gave it to the row's mail; `public_id` is that of its invitation."""
        made = [_tag(key, self.place, self.row_id, public_id) for key in keys]
        return any([hmac.compare_digest(self.tag, one) for one in made])  # noqa: C419 - all are compared, so that time tells nothing


def message_id(key: bytes, *, row_id: int, public_id: str, domain: str) -> str:
    """Return the Message-ID of an outbox row: the same each time, and checkable when it comes back.

    No link token: Message-IDs land in logs and bounces.
    """
    return f"<m.{row_id}.{_tag(key, Place.MESSAGE_ID, row_id, public_id)}@{domain}>"


def bounce_address(key: bytes, *, pattern: str, row_id: int, public_id: str) -> str:
    """Return the envelope sender of an outbox row, `pattern` with 16 letters for its `*`.

    Lower-case base32: hosts fold the case of local parts.
    """
    name = base64.b32encode(row_id.to_bytes(ROW_ID_BYTES, "big")).decode().lower()
    return pattern.replace("*", name + _tag(key, Place.BOUNCE_ADDRESS, row_id, public_id))


def _tag(key: bytes, place: Place, row_id: int, public_id: str) -> str:
    return tag_row(key, label=place, row_id=row_id, owner=public_id)
