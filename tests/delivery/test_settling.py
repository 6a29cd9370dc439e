"""Each outcome has its state, and only the connection that holds a claim may write it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Message
from surveys.delivery import settling
from surveys.delivery.brakes import pause_sending
from surveys.delivery.claiming import Claim, claim_batch
from surveys.delivery.eligibility import Obstacle
from surveys.delivery.outcomes import Accepted, RecipientRefused, TemporarilyRefused
from surveys.tokens import Keys
from tests.conftest import NOW
from tests.factories import make_messages, make_survey

KEYS = Keys(link=[b"link"], hash=[b"hash"])
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
LATER = TemporarilyRefused(451, "4.7.1 greylisted")


def _claimed(session: Session, **over: Any) -> tuple[Message, Claim]:
    [message] = make_messages(session, 1, **over)
    batch = claim_batch(session, claimed_by="one", limit=1, keys=KEYS, now=NOW)
    session.commit()
    return message, batch.claims[0]


def test_mark_sending_takes_a_live_claim(session: Session) -> None:
    message, claim = _claimed(session)

    assert settling.mark_sending(session, claims=[claim], now=NOW)
    assert (message.state, message.sending_at) == ("sending", NOW)


def test_mark_sending_refuses_a_second_time(session: Session) -> None:
    _, claim = _claimed(session)
    settling.mark_sending(session, claims=[claim], now=NOW)

    assert not settling.mark_sending(session, claims=[claim], now=NOW)


def test_mark_sending_refuses_a_lease_that_ran_out(session: Session) -> None:
    message, claim = _claimed(session)
    message.lease_until = LONG_AGO
    session.commit()

    assert not settling.mark_sending(session, claims=[claim], now=NOW)


@pytest.mark.parametrize("over", [{"fence": 2}, {"claimed_by": "two"}, {"state": "queued"}])
def test_mark_sending_refuses_what_another_has_taken(
    session: Session, over: dict[str, object]
) -> None:
    message, claim = _claimed(session)
    for column, value in over.items():
        setattr(message, column, value)
    session.commit()

    assert not settling.mark_sending(session, claims=[claim], now=NOW)


def test_mark_sending_refuses_once_sending_is_paused(session: Session) -> None:
    _, claim = _claimed(session)
    pause_sending(session, reason="staff", now=NOW)

    assert not settling.mark_sending(session, claims=[claim], now=NOW)


def test_mark_sending_refuses_once_the_survey_is_paused(session: Session) -> None:
    survey = make_survey(session)
    _, claim = _claimed(session, survey=survey)
    survey.paused_at = NOW
    session.commit()

    assert not settling.mark_sending(session, claims=[claim], now=NOW)


def test_sent_is_recorded_with_the_person_having_mail(session: Session) -> None:
    message, claim = _claimed(session)

    assert settling.settle_sent(session, taken=[(claim, Accepted(250, "2.0.0 ok"))], now=NOW)
    assert (message.state, message.sent_at, message.smtp_code) == ("sent", NOW, 250)
    assert (message.invitation.mail_state, message.invitation.mailed_at) == ("sent", NOW)


def test_sent_keeps_the_time_of_the_first_mail(session: Session) -> None:
    message, claim = _claimed(session)
    message.invitation.mailed_at = NOW - timedelta(days=7)
    session.commit()

    settling.settle_sent(session, taken=[(claim, Accepted(250, "ok"))], now=NOW)

    assert message.invitation.mailed_at == NOW - timedelta(days=7)


def test_settling_changes_nothing_when_the_claim_is_gone(session: Session) -> None:
    message, claim = _claimed(session)
    message.fence = 2
    session.commit()

    assert not settling.settle_sent(session, taken=[(claim, Accepted(250, "ok"))], now=NOW)
    assert (message.state, message.invitation.mail_state) == ("claimed", "none")


def test_later_mail_does_not_bring_back_somebody_who_is_away(session: Session) -> None:
    message, claim = _claimed(session)
    message.invitation.mail_state = "away"
    session.flush()

    settling.settle_sent(session, taken=[(claim, Accepted(250, "ok"))], now=NOW)

    session.expire_all()
    assert (message.state, message.invitation.mail_state) == ("sent", "away")


def test_refused_recipient_keeps_the_reason(session: Session) -> None:
    message, claim = _claimed(session)

    settling.settle_refused(session, claim=claim, reply=RecipientRefused(550, "5.1.1 unknown"))

    assert (message.state, message.reason) == ("failed", "refused")
    assert (message.smtp_code, message.smtp_text) == (550, "5.1.1 unknown")


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 5), (1, 15), (2, 60), (4, 360), (9, 360)])
def test_deferred_waits_ever_longer(session: Session, attempts: int, minutes: int) -> None:
    message, claim = _claimed(session, attempt_count=attempts)

    settling.settle_deferred(session, claim=claim, reply=LATER, spread=1.0, now=NOW)

    assert (message.state, message.attempt_count) == ("queued", attempts + 1)
    assert message.due_at == NOW + timedelta(minutes=minutes)
    assert (message.reason, message.smtp_code) == ("refused_for_now", 451)


def test_deferred_fails_when_the_next_try_would_be_too_late(session: Session) -> None:
    message, claim = _claimed(session, expires_at=NOW + timedelta(minutes=5))

    settling.settle_deferred(session, claim=claim, reply=LATER, spread=1.0, now=NOW)

    assert (message.state, message.reason) == ("failed", "refused_too_long")
    assert message.smtp_text == "4.7.1 greylisted"


def test_put_back_counts_no_attempt_and_waits_behind_the_others(session: Session) -> None:
    message, claim = _claimed(session, due_at=NOW - timedelta(hours=1))

    settling.put_back(session, claim=claim, now=NOW)

    assert (message.state, message.attempt_count, message.due_at) == ("queued", 0, NOW)
    assert message.claimed_by is None


def test_unknown_notes_that_there_may_be_mail(session: Session) -> None:
    message, claim = _claimed(session)

    settling.settle_unknown(session, claim=claim)

    assert (message.state, message.reason) == ("unknown", "line_lost")
    assert message.invitation.mail_state == "unknown"


def test_unknown_does_not_take_back_that_there_is_mail(session: Session) -> None:
    message, claim = _claimed(session)
    message.invitation.mail_state = "sent"
    session.commit()

    settling.settle_unknown(session, claim=claim)

    assert message.invitation.mail_state == "sent"


def test_suppressed_names_the_obstacle(session: Session) -> None:
    message, claim = _claimed(session)

    settling.settle_suppressed(session, claim=claim, obstacle=Obstacle.DECLINED)

    assert (message.state, message.reason) == ("suppressed", "declined")


def test_not_rendered_fails_the_message(session: Session) -> None:
    message, claim = _claimed(session)

    settling.settle_not_rendered(session, claim=claim)

    assert (message.state, message.reason) == ("failed", "not_rendered")
