"""A batch belongs to one connection, in order, and holds only what may still go."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from models import Message, Suppression
from surveys.delivery.brakes import pause_sending
from surveys.delivery.claiming import Batch, claim_batch, has_due, release_claims, renew_claims
from surveys.delivery.queue import has_queued
from surveys.delivery.window import Window
from surveys.extensions import transaction
from surveys.tokens import Keys, hash_address
from tests.conftest import NOW
from tests.factories import make_invitation, make_mailing, make_message, make_messages, make_survey

KEYS = Keys(link=[b"link"], hash=[b"hash"])


def _claim(session: Session, *, claimed_by: str = "one", limit: int = 50) -> Batch:
    batch = claim_batch(session, claimed_by=claimed_by, limit=limit, keys=KEYS, now=NOW)
    session.commit()
    return batch


def _reason_of(session: Session, message: Message) -> tuple[str, str | None]:
    session.expire_all()
    return message.state, message.reason


def test_claim_takes_the_longest_due_first_and_numbers_them(session: Session) -> None:
    late = make_messages(session, 2)
    early = make_messages(session, 2, due_at=NOW - timedelta(hours=1))

    batch = _claim(session, limit=3)

    assert [c.message_id for c in batch.claims] == [m.id for m in [*early, late[0]]]
    assert [m.position for m in [*early, late[0]]] == [1, 2, 3]
    assert {m.fence for m in early} == {1}


def test_claim_gives_each_message_to_one_connection_only(session: Session) -> None:
    messages = make_messages(session, 5)

    first, second = _claim(session, limit=3), _claim(session, claimed_by="two", limit=3)

    taken = [c.message_id for c in [*first.claims, *second.claims]]
    assert taken == [m.id for m in messages]


def test_claims_of_many_connections_at_once_never_overlap(app: Flask, session: Session) -> None:
    messages = make_messages(session, 60)

    def claim_all(name: str) -> list[int]:
        taken: list[int] = []
        with app.app_context():
            while True:
                with transaction() as own:
                    batch = claim_batch(own, claimed_by=name, limit=7, keys=KEYS, now=NOW)
                if batch.is_empty:
                    return taken
                taken += [claim.message_id for claim in batch.claims]

    with ThreadPoolExecutor(4) as pool:
        taken = [i for ids in pool.map(claim_all, ["a", "b", "c", "d"]) for i in ids]

    assert sorted(taken) == [message.id for message in messages]


def test_claim_leaves_what_is_not_due(session: Session) -> None:
    make_messages(session, 1, due_at=NOW + timedelta(seconds=1))

    assert _claim(session).is_empty


def test_claim_leaves_a_paused_survey_queued(session: Session) -> None:
    survey = make_survey(session, paused_at=NOW)
    [message] = make_messages(session, 1, survey=survey)

    assert _claim(session).is_empty
    assert _reason_of(session, message) == ("queued", None)


def test_nothing_is_due_while_all_that_is_queued_rests(session: Session) -> None:
    [message] = make_messages(session, 1)
    busy = has_queued(session, now=NOW), has_due(session, now=NOW)
    message.mailing.paused_at, message.mailing.paused_reason = NOW, "text_broken"
    session.flush()

    assert busy == (True, True)
    assert (has_queued(session, now=NOW), has_due(session, now=NOW)) == (False, False)


def test_nothing_is_due_outside_the_hours(session: Session) -> None:
    make_messages(session, 1)
    night = Window(start=time(1), end=time(2))

    assert has_due(session, now=NOW)
    assert not has_due(session, now=NOW, window=night)


def test_claim_takes_nothing_while_sending_is_paused(session: Session) -> None:
    make_messages(session, 1)
    pause_sending(session, reason="staff", now=NOW)

    assert _claim(session).is_empty


@pytest.mark.parametrize(
    ("column", "reason"), [("responded_at", "answered"), ("declined_at", "declined")]
)
def test_claim_suppresses_who_answered_or_declined(
    session: Session, column: str, reason: str
) -> None:
    [message] = make_messages(session, 1)
    message.invitation.started_at = NOW
    setattr(message.invitation, column, NOW)
    session.commit()

    batch = _claim(session)

    assert (batch.claims, batch.suppressed_count) == ([], 1)
    assert _reason_of(session, message) == ("suppressed", reason)


def test_claim_suppresses_who_answered_by_phone(session: Session) -> None:
    [message] = make_messages(session, 1)
    message.invitation.manual_code = "1.2"
    session.commit()

    _claim(session)

    assert _reason_of(session, message) == ("suppressed", "answered_by_phone")


def test_claim_suppresses_who_is_not_eligible_even_for_thanks(session: Session) -> None:
    survey = make_survey(session)
    thanks = make_mailing(session, survey=survey, kind="thanks", state="enqueued")
    [message] = make_messages(session, 1, survey=survey, mailing=thanks)
    message.invitation.alumnus.ineligible_at = NOW
    session.commit()

    _claim(session)

    assert _reason_of(session, message) == ("suppressed", "not_eligible")


def test_claim_suppresses_a_suppressed_address(session: Session) -> None:
    [message] = make_messages(session, 1)
    address = str(message.invitation.alumnus.email)
    hashed = hash_address(b"hash", address)
    session.add(Suppression(address_hash=hashed, reason="unsubscribed", created_at=NOW))
    session.commit()

    _claim(session)

    assert _reason_of(session, message) == ("suppressed", "suppressed")


def test_claim_suppresses_who_has_no_address(session: Session) -> None:
    [message] = make_messages(session, 1)
    message.invitation.alumnus.email = None
    message.invitation.alumnus.email_fault = "missing"
    session.commit()

    _claim(session)

    assert _reason_of(session, message) == ("suppressed", "no_address")


@pytest.mark.parametrize("over", [{"closes_at": NOW}, {"closed_at": NOW}])
def test_claim_suppresses_what_a_closing_overtook(session: Session, over: dict[str, Any]) -> None:
    [message] = make_messages(session, 1, survey=make_survey(session, **over))

    _claim(session)

    assert _reason_of(session, message) == ("suppressed", "closed")


def test_claim_suppresses_what_has_expired(session: Session) -> None:
    [message] = make_messages(session, 1, expires_at=NOW)

    _claim(session)

    assert _reason_of(session, message) == ("suppressed", "closed")


def test_claim_lets_thanks_go_to_who_answered(session: Session) -> None:
    survey = make_survey(session)
    invitation = make_invitation(session, survey=survey, started_at=NOW, responded_at=NOW)
    mailing = make_mailing(session, survey=survey, kind="thanks")
    message = make_message(session, mailing=mailing, invitation=invitation)
    session.commit()

    assert [c.message_id for c in _claim(session).claims] == [message.id]


def test_release_gives_back_only_what_this_connection_has_not_begun(session: Session) -> None:
    messages = make_messages(session, 3)
    _claim(session, limit=2)
    _claim(session, claimed_by="two")
    messages[0].state = "sending"
    session.commit()

    released = release_claims(session, claimed_by="one")
    session.commit()

    assert released == 1
    assert [m.state for m in messages] == ["sending", "queued", "claimed"]


def test_renew_moves_the_lease_of_the_rest_of_the_batch(session: Session) -> None:
    [message] = make_messages(session, 1)
    _claim(session)
    message.lease_until = NOW - timedelta(days=3_650)
    session.commit()

    renew_claims(session, claimed_by="one")

    session.refresh(message)
    assert message.lease_until is not None
    assert message.lease_until > NOW - timedelta(days=3_650)
