"""Ids as other systems see them: what kind of thing, then letters that say nothing."""

from enum import StrEnum


class Prefix(StrEnum):
    """What stands before the letters."""

    ENDPOINT = "whe_"
    DELIVERY = "whd_"
    EVENT = "evt_"


def write_id(prefix: Prefix, public_id: str) -> str:
    """Return the id of a thing as it stands in documents and addresses."""
    return f"{prefix}{public_id}"


def read_id(prefix: Prefix, text: str) -> str:
    """Return the letters behind `prefix`, or no letters when `text` is no id of this kind.

    No thing has the empty id, so that what follows finds nothing.
    """
    return text.removeprefix(prefix) if text.startswith(prefix) else ""
