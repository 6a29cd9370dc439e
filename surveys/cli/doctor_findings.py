"""What `flask doctor` says of one thing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `is_well` is None where it could not be looked at from here."""

    name: str
    is_well: bool | None
    words: str
