"""Staff's decision on doubtful messages touches those of one survey, and nothing else."""

from sqlalchemy.orm import Session

from surveys.delivery.resolving import (
    Decision,
    of_mailing,
    of_survey,
    resolve_unknown,
    retry_failed,
)
from tests.conftest import NOW
from tests.factories import make_messages, make_survey


def test_resend_puts_the_doubtful_back_and_leaves_the_rest(session: Session) -> None:
    survey = make_survey(session)
    [doubtful] = make_messages(session, 1, survey=survey, state="unknown", claimed_by="dead")
    [failed] = make_messages(session, 1, survey=survey, state="failed")
    [other] = make_messages(session, 1, state="unknown")

    count = resolve_unknown(session, which=of_survey(survey.id), decision=Decision.RESEND, now=NOW)

    session.expire_all()
    assert count == 1
    assert (doubtful.state, doubtful.reason, doubtful.claimed_by) == ("queued", "resent", None)
    assert (failed.state, other.state) == ("failed", "unknown")


def test_assume_sent_takes_the_moment_of_sending(session: Session) -> None:
    survey = make_survey(session)
    [doubtful] = make_messages(session, 1, survey=survey, state="unknown", sending_at=NOW)
    doubtful.invitation.mail_state = "unknown"
    session.commit()

    count = resolve_unknown(
        session, which=of_survey(survey.id), decision=Decision.ASSUME_SENT, now=NOW
    )

    session.expire_all()
    assert count == 1
    assert (doubtful.state, doubtful.reason) == ("sent", "assumed_sent")
    assert doubtful.sent_at == NOW
    assert doubtful.invitation.mail_state == "sent"


def test_resolve_does_nothing_the_second_time(session: Session) -> None:
    survey = make_survey(session)
    make_messages(session, 1, survey=survey, state="unknown")
    resolve_unknown(session, which=of_survey(survey.id), decision=Decision.ASSUME_SENT, now=NOW)

    again = resolve_unknown(session, which=of_survey(survey.id), decision=Decision.RESEND, now=NOW)

    assert again == 0


def test_retry_puts_failed_messages_of_the_mailing_into_the_queue_afresh(session: Session) -> None:
    failed, other = make_messages(session, 2, state="failed", reason="refused", attempt_count=5)
    (elsewhere,) = make_messages(session, 1, state="failed", reason="refused")

    count = retry_failed(session, which=of_mailing(failed.mailing_id), now=NOW)

    session.expire_all()
    assert (count, failed.state, failed.reason, failed.attempt_count) == (2, "queued", "retried", 0)
    assert (other.state, elsewhere.state) == ("queued", "failed")


def test_retry_leaves_alone_what_is_not_failed_or_over(session: Session) -> None:
    (sent,) = make_messages(session, 1, state="sent", sent_at=NOW)
    (over,) = make_messages(session, 1, state="failed", reason="refused", expires_at=NOW)

    counts = [
        retry_failed(session, which=of_mailing(message.mailing_id), now=NOW)
        for message in (sent, over)
    ]

    assert counts == [0, 0]


def test_decision_on_one_message_leaves_the_others_in_doubt(session: Session) -> None:
    one, other = make_messages(session, 2, state="unknown", reason="crashed")

    which = of_mailing(one.mailing_id, one.id)
    resolve_unknown(session, which=which, decision=Decision.RESEND, now=NOW)

    session.expire_all()
    assert (one.state, other.state) == ("queued", "unknown")
