"""Staff's decision on doubtful messages touches those of one survey, and nothing else."""

from sqlalchemy.orm import Session

from surveys.delivery.resolving import Decision, resolve_unknown
from tests.conftest import NOW
from tests.factories import make_messages, make_survey


def test_resend_puts_the_doubtful_back_and_leaves_the_rest(session: Session) -> None:
    survey = make_survey(session)
    [doubtful] = make_messages(session, 1, survey=survey, state="unknown", claimed_by="dead")
    [failed] = make_messages(session, 1, survey=survey, state="failed")
    [other] = make_messages(session, 1, state="unknown")

    count = resolve_unknown(session, survey_id=survey.id, decision=Decision.RESEND, now=NOW)

    session.expire_all()
    assert count == 1
    assert (doubtful.state, doubtful.reason, doubtful.claimed_by) == ("queued", "resent", None)
    assert (failed.state, other.state) == ("failed", "unknown")


def test_assume_sent_takes_the_moment_of_sending(session: Session) -> None:
    survey = make_survey(session)
    [doubtful] = make_messages(session, 1, survey=survey, state="unknown", sending_at=NOW)
    doubtful.invitation.mail_state = "unknown"
    session.commit()

    count = resolve_unknown(session, survey_id=survey.id, decision=Decision.ASSUME_SENT, now=NOW)

    session.expire_all()
    assert count == 1
    assert (doubtful.state, doubtful.reason) == ("sent", "assumed_sent")
    assert doubtful.sent_at == NOW
    assert doubtful.invitation.mail_state == "sent"


def test_resolve_does_nothing_the_second_time(session: Session) -> None:
    survey = make_survey(session)
    make_messages(session, 1, survey=survey, state="unknown")
    resolve_unknown(session, survey_id=survey.id, decision=Decision.ASSUME_SENT, now=NOW)

    again = resolve_unknown(session, survey_id=survey.id, decision=Decision.RESEND, now=NOW)

    assert again == 0
