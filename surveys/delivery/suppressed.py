"""Who gets no more mail: the live suppressions that bear on some people.

Enters: people as (alumnus id, normalised address or None). Leaves: the ids that are suppressed.
Knows nothing of surveys: a suppression holds for every one of them.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from models import Base, SuppressionReason
from surveys.tokens import Keys, hash_address

Person = tuple[int, str | None]

# With three keys in the ring far below the 32,766 parameters that SQLite takes in a statement.
PEOPLE_A_QUERY = 1_000


def find_suppressed(session: Session, *, people: Sequence[Person], keys: Keys) -> set[int]:
    """Return the alumnus ids among `people` with a live suppression of the person or the address.

    A row made under any key of the hash ring counts, and one that lost its person, or never had
    one, counts by the address alone.
    """
    return _find(session, people, keys, but=())


def find_unwilling(session: Session, *, people: Sequence[Person], keys: Keys) -> set[int]:
    """Return the same without those whose mailbox is dead: they said no to nothing."""
    return _find(session, people, keys, but=(SuppressionReason.BOUNCED,))


def _find(
    session: Session, people: Sequence[Person], keys: Keys, *, but: Sequence[str]
) -> set[int]:
    found: set[int] = set()
    for start in range(0, len(people), PEOPLE_A_QUERY):
        found |= _find_in_chunk(session, people[start : start + PEOPLE_A_QUERY], keys, but)
    return found


def _find_in_chunk(
    session: Session, people: Sequence[Person], keys: Keys, but: Sequence[str]
) -> set[int]:
    hashes = {person_id: set(_hashes(address, keys)) for person_id, address in people}
    every_hash = set[str]().union(*hashes.values())
    rows = session.execute(
        _live_suppressions(),
        {"hashes": list(every_hash), "people": list(hashes), "but": list(but)},
    ).all()
    blocked_hashes = {row.address_hash for row in rows}
    blocked_people = {row.alumnus_id for row in rows}
    return {
        person_id
        for person_id, own in hashes.items()
        if person_id in blocked_people or own & blocked_hashes
    }


@cache
def _live_suppressions() -> Select[*tuple[Any, ...]]:
    table = Base.metadata.tables["suppression"].c
    return select(table.address_hash, table.alumnus_id).where(
        table.lifted_at.is_(None),
        table.reason.not_in(bindparam("but", expanding=True)),
        or_(
            table.address_hash.in_(bindparam("hashes", expanding=True)),
            table.alumnus_id.in_(bindparam("people", expanding=True)),
        ),
    )


def _hashes(address: str | None, keys: Keys) -> Iterator[str]:
    if address is not None:
        yield from (hash_address(key, address) for key in keys.hash)
