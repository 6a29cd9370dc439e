"""After a crash, what was being sent is in doubt and everything else goes on."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from models import Message
from surveys.delivery.claiming import claim_batch
from surveys.delivery.recovery import Recovered, list_claimers, recover_claims, recover_expired
from surveys.tokens import Keys
from tests.conftest import NOW
from tests.factories import make_messages

KEYS = Keys(link=[b"link"], hash=[b"hash"])
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def _claim(session: Session, *, claimed_by: str, limit: int) -> None:
    claim_batch(session, claimed_by=claimed_by, limit=limit, keys=KEYS, now=NOW)
    session.commit()


def test_recover_leaves_live_leases_alone(session: Session) -> None:
    [message] = make_messages(session, 1)
    _claim(session, claimed_by="one", limit=1)

    assert recover_expired(session) == Recovered()
    assert message.state == "claimed"


def test_recover_puts_the_one_in_flight_in_doubt_and_the_rest_back(session: Session) -> None:
    messages = make_messages(session, 3)
    _claim(session, claimed_by="one", limit=3)
    for message in messages:
        message.lease_until = LONG_AGO
    messages[0].state = "sending"
    session.commit()

    recovered = recover_expired(session)

    session.expire_all()
    assert recovered == Recovered(queued_count=2, unknown_count=1)
    assert [m.state for m in messages] == ["unknown", "queued", "queued"]
    assert messages[0].reason == "crashed"
    assert messages[0].invitation.mail_state == "unknown"
    assert {(m.claimed_by, m.lease_until) for m in messages[1:]} == {(None, None)}


@pytest.mark.postgresql
def test_recover_waits_for_nothing_that_a_host_without_the_database_has_locked(
    session: Session,
) -> None:
    locked, free = make_messages(session, 2)
    _claim(session, claimed_by="gone", limit=2)
    for message in (locked, free):
        message.lease_until = LONG_AGO
    session.commit()
    with Session(session.get_bind()) as cut_off:
        cut_off.get(Message, locked.id, with_for_update=True)
        session.execute(text("SET LOCAL lock_timeout = '1s'"))

        assert recover_expired(session) == Recovered(queued_count=1)

    session.commit()
    assert recover_expired(session) == Recovered(queued_count=1)


@pytest.mark.postgresql
def test_database_ends_the_transaction_of_a_host_that_went_away(session: Session) -> None:
    session.rollback()

    shown = session.scalar(text("SHOW idle_in_transaction_session_timeout"))

    assert shown == "1min"


def test_recover_takes_the_claims_of_the_named_dead_only(session: Session) -> None:
    dead, alive = make_messages(session, 2)
    _claim(session, claimed_by="dead", limit=1)
    _claim(session, claimed_by="alive", limit=1)

    recovered = recover_claims(session, claimed_by=["dead"])

    session.expire_all()
    assert recovered == Recovered(queued_count=1)
    assert (dead.state, alive.state) == ("queued", "claimed")


def test_list_claimers_names_who_holds_something(session: Session) -> None:
    messages = make_messages(session, 3)
    _claim(session, claimed_by="one", limit=2)
    _claim(session, claimed_by="two", limit=1)
    messages[2].state = "sent"
    messages[2].sent_at = NOW
    session.commit()

    assert list(list_claimers(session)) == ["one"]


def test_looking_for_claims_reads_no_other_message(session: Session) -> None:
    """At a million sent mails a pass over all of them would hold up every writer."""
    seen: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", keep)
    recover_expired(session)
    event.remove(bind, "before_cursor_execute", keep)

    updates = [statement for statement in seen if statement.startswith("UPDATE message")]
    assert len(updates) == 2
    assert all("message.state IN ('claimed', 'sending')" in statement for statement in updates)
