"""A person's word that they want no more mail, and its reversal."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Suppression, SuppressionReason
from surveys.roster.suppression import (
    NoteMissing,
    Word,
    allow_again,
    is_suppressed,
    lift,
    suppress,
)
from surveys.tokens import Keys
from tests.conftest import NOW
from tests.factories import make_alumnus

KEYS = Keys(link=[b"l" * 32], hash=[b"h" * 32])
ROTATED = Keys(link=KEYS.link, hash=[b"n" * 32, *KEYS.hash])
UNSUBSCRIBED, STAFF = SuppressionReason.UNSUBSCRIBED, SuppressionReason.STAFF


def test_suppress_stops_the_person_and_keeps_no_address(session: Session) -> None:
    alumnus = make_alumnus(session, email="ayse@example.com")

    suppress(session, alumnus=alumnus, keys=KEYS, reason=UNSUBSCRIBED, now=NOW)

    row = session.scalars(select(Suppression)).one()
    assert is_suppressed(session, alumnus=alumnus, keys=KEYS)
    assert (row.alumnus_id, row.reason, row.created_at) == (alumnus.id, "unsubscribed", NOW)
    assert "ayse" not in row.address_hash


def test_suppress_adds_no_second_row_when_live_already(session: Session) -> None:
    alumnus = make_alumnus(session)

    suppress(session, alumnus=alumnus, keys=KEYS, reason=UNSUBSCRIBED, now=NOW)
    suppress(session, alumnus=alumnus, keys=ROTATED, reason=UNSUBSCRIBED, now=NOW)

    assert session.scalar(select(func.count()).select_from(Suppression)) == 1


def test_suppress_stops_a_person_without_an_address(session: Session) -> None:
    alumnus = make_alumnus(session, email=None, email_fault="missing")

    suppress(session, alumnus=alumnus, keys=KEYS, reason=UNSUBSCRIBED, now=NOW)
    alumnus.email, alumnus.email_fault = "later@example.com", None

    assert is_suppressed(session, alumnus=alumnus, keys=KEYS)


def test_suppression_holds_for_the_other_reader_of_the_mailbox(session: Session) -> None:
    alumnus = make_alumnus(session, email="family@example.com")
    sibling = make_alumnus(session, email="family@example.com")

    suppress(session, alumnus=alumnus, keys=KEYS, reason=UNSUBSCRIBED, now=NOW)

    assert is_suppressed(session, alumnus=sibling, keys=KEYS)


def test_lift_lets_mail_go_again_when_the_key_was_rotated(session: Session) -> None:
    alumnus = make_alumnus(session)
    suppress(session, alumnus=alumnus, keys=KEYS, reason=UNSUBSCRIBED, now=NOW)

    lift(session, alumnus=alumnus, keys=ROTATED, now=NOW)

    assert not is_suppressed(session, alumnus=alumnus, keys=ROTATED)
    assert session.scalars(select(Suppression)).one().lifted_at == NOW


def test_lift_leaves_other_people_suppressed(session: Session) -> None:
    alumnus, other = make_alumnus(session), make_alumnus(session)
    suppress(session, alumnus=other, keys=KEYS, reason=UNSUBSCRIBED, now=NOW)

    lift(session, alumnus=alumnus, keys=KEYS, now=NOW)

    assert is_suppressed(session, alumnus=other, keys=KEYS)


def test_suppress_works_again_after_a_lift(session: Session) -> None:
    alumnus = make_alumnus(session)
    suppress(session, alumnus=alumnus, keys=KEYS, reason=UNSUBSCRIBED, now=NOW)
    lift(session, alumnus=alumnus, keys=KEYS, now=NOW)

    suppress(session, alumnus=alumnus, keys=KEYS, reason=UNSUBSCRIBED, now=NOW)

    assert is_suppressed(session, alumnus=alumnus, keys=KEYS)


def test_own_word_counts_where_staff_had_stopped_the_mail_before(session: Session) -> None:
    alumnus = make_alumnus(session)
    word = Word(by="staff:1", note="Telefonda söyledi")
    suppress(session, alumnus=alumnus, keys=KEYS, reason=STAFF, now=NOW, word=word)

    suppress(session, alumnus=alumnus, keys=KEYS, reason=UNSUBSCRIBED, now=NOW)

    with pytest.raises(NoteMissing):
        allow_again(session, alumnus=alumnus, keys=KEYS, now=NOW, word=Word(by="staff:1"))


def test_staff_say_why_where_the_other_reader_of_the_mailbox_had_said_no(session: Session) -> None:
    alumnus = make_alumnus(session, email="family@example.com")
    sibling = make_alumnus(session, email="family@example.com")
    suppress(session, alumnus=sibling, keys=KEYS, reason=UNSUBSCRIBED, now=NOW)
    suppress(session, alumnus=alumnus, keys=KEYS, reason=STAFF, now=NOW)

    with pytest.raises(NoteMissing):
        allow_again(session, alumnus=alumnus, keys=ROTATED, now=NOW, word=Word(by="staff:1"))

    assert is_suppressed(session, alumnus=sibling, keys=KEYS)
