"""The states of a mail to staff: what a server's word makes of it, and what a crash leaves."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from models import StaffMail, StaffMailState
from surveys.database import database_time
from surveys.delivery.outcomes import (
    Accepted,
    AuthenticationRefused,
    Outcome,
    OutcomeUnknown,
    PolicyRefused,
    RecipientRefused,
    ServerUnavailable,
    TemporarilyRefused,
)
from surveys.notifying import outbox
from tests.conftest import NOW
from tests.notifying.members import make_staff, queue_link


@pytest.fixture
def mail(session: Session) -> StaffMail:
    """A mail that is marked as being sent."""
    queued = queue_link(session, make_staff(session))
    assert queued
    outbox.mark_sending(session, mail=queued)
    return queued


@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [
        (Accepted(250, "taken"), StaffMailState.SENT, None),
        (RecipientRefused(550, "unknown"), StaffMailState.FAILED, outbox.REFUSED),
        (PolicyRefused(554, "no"), StaffMailState.FAILED, outbox.REFUSED),
        (OutcomeUnknown("gone"), StaffMailState.UNKNOWN, outbox.LINE_LOST),
        (TemporarilyRefused(451, "later"), StaffMailState.QUEUED, None),
        (ServerUnavailable(421, "closing"), StaffMailState.QUEUED, None),
        (AuthenticationRefused(535, "who"), StaffMailState.QUEUED, None),
    ],
)
def test_outcome_decides_the_state(
    session: Session, mail: StaffMail, outcome: Outcome, state: StaffMailState, reason: str | None
) -> None:
    settled = outbox.settle(session, mail_id=mail.id, outcome=outcome, now=NOW)

    assert settled == outbox.Settled(state, reason)
    assert (mail.settled_at is None) == (state is StaffMailState.QUEUED)


def test_refusal_for_now_is_tried_again_ever_later_and_then_fails(
    session: Session, mail: StaffMail
) -> None:
    pauses = []
    while mail.state == StaffMailState.SENDING:
        outbox.settle(session, mail_id=mail.id, outcome=TemporarilyRefused(451, ""), now=NOW)
        if mail.state == StaffMailState.QUEUED:
            pauses.append(mail.due_at - NOW)
            outbox.mark_sending(session, mail=mail)

    assert pauses == list(outbox.RETRY_PAUSES)
    assert (mail.state, mail.reason) == (StaffMailState.FAILED, outbox.REFUSED_TOO_LONG)


def test_silent_server_costs_no_try(session: Session, mail: StaffMail) -> None:
    outbox.settle(session, mail_id=mail.id, outcome=ServerUnavailable(0, ""), now=NOW)

    assert mail.attempt_count == 0
    assert outbox.take_due(session, now=NOW) is None
    assert outbox.take_due(session, now=NOW + timedelta(minutes=1)) is mail


def test_mail_of_a_dead_sender_is_unknown_and_stays_so(session: Session, mail: StaffMail) -> None:
    past = update(StaffMail).values(lease_until=database_time(-1))
    session.execute(past)

    lost_count = outbox.recover_lost(session)

    session.expire_all()
    settled = outbox.settle(session, mail_id=mail.id, outcome=Accepted(250, ""), now=NOW)
    assert lost_count == 1
    assert settled == outbox.Settled(StaffMailState.UNKNOWN, outbox.CRASHED)
    assert not outbox.has_work(session, now=NOW + timedelta(days=1))


def test_mail_being_sent_is_left_alone(session: Session, mail: StaffMail) -> None:
    assert outbox.recover_lost(session) == 0
    assert outbox.take_due(session, now=NOW) is None
    assert mail.state == StaffMailState.SENDING
