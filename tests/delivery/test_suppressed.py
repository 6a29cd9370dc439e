"""A suppression holds for the person and for the address, whatever key it was hashed under."""

from datetime import datetime

from sqlalchemy.orm import Session

from models import Suppression
from surveys.delivery.suppressed import find_suppressed
from surveys.tokens import Keys, hash_address
from tests.conftest import NOW
from tests.factories import make_alumnus

OLD, NEW = b"old-key", b"new-key"
KEYS = Keys(link=[b"link"], hash=[NEW, OLD])


def _suppress(
    session: Session,
    address: str,
    *,
    key: bytes = NEW,
    alumnus_id: int | None = None,
    lifted_at: datetime | None = None,
) -> None:
    session.add(
        Suppression(
            address_hash=hash_address(key, address),
            alumnus_id=alumnus_id,
            reason="unsubscribed",
            created_at=NOW,
            lifted_at=lifted_at,
        )
    )
    session.flush()


def test_find_suppressed_finds_nobody_when_nothing_is_suppressed(session: Session) -> None:
    person = make_alumnus(session)

    assert find_suppressed(session, people=[(person.id, person.email)], keys=KEYS) == set()


def test_find_suppressed_finds_an_address_under_an_older_key(session: Session) -> None:
    person, other = make_alumnus(session), make_alumnus(session)
    _suppress(session, str(person.email), key=OLD)
    people = [(person.id, person.email), (other.id, other.email)]

    assert find_suppressed(session, people=people, keys=KEYS) == {person.id}


def test_find_suppressed_finds_a_person_who_has_a_new_address(session: Session) -> None:
    person = make_alumnus(session, email="new@example.com")
    _suppress(session, "former@example.com", alumnus_id=person.id)

    assert find_suppressed(session, people=[(person.id, person.email)], keys=KEYS) == {person.id}


def test_find_suppressed_finds_a_person_without_an_address(session: Session) -> None:
    person = make_alumnus(session, email=None, email_fault="missing")
    _suppress(session, "former@example.com", alumnus_id=person.id)

    assert find_suppressed(session, people=[(person.id, None)], keys=KEYS) == {person.id}


def test_find_suppressed_finds_both_people_of_a_shared_mailbox(session: Session) -> None:
    one = make_alumnus(session, email="family@example.com")
    two = make_alumnus(session, email="family@example.com")
    _suppress(session, "family@example.com", alumnus_id=one.id)
    people = [(one.id, one.email), (two.id, two.email)]

    assert find_suppressed(session, people=people, keys=KEYS) == {one.id, two.id}


def test_find_suppressed_passes_over_a_lifted_suppression(session: Session) -> None:
    person = make_alumnus(session)
    _suppress(session, str(person.email), alumnus_id=person.id, lifted_at=NOW)

    assert find_suppressed(session, people=[(person.id, person.email)], keys=KEYS) == set()


def test_find_suppressed_takes_more_people_than_one_query(session: Session) -> None:
    person = make_alumnus(session)
    _suppress(session, str(person.email))
    strangers = [(-number, f"stranger{number}@example.com") for number in range(1, 2_500)]

    found = find_suppressed(session, people=[*strangers, (person.id, person.email)], keys=KEYS)

    assert found == {person.id}
