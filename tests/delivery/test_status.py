"""The outbox's status counts every message once and names what needs a person."""

from datetime import timedelta

from sqlalchemy.orm import Session

from models import Beat
from surveys.delivery.brakes import Brake, pause_sending
from surveys.delivery.status import read_status
from tests.conftest import NOW
from tests.factories import make_mailing, make_messages, make_survey


def test_status_of_nothing_is_empty(session: Session) -> None:
    status = read_status(session, survey_code=None, now=NOW)

    assert (status.mailings, status.causes, status.doubts) == ([], [], [])
    assert (status.brake, status.oldest_due_at, status.last_beat_at) == (None, None, None)


def test_status_counts_by_mailing_and_in_all(session: Session) -> None:
    survey = make_survey(session)
    make_messages(session, 2, survey=survey, due_at=NOW - timedelta(hours=1))
    make_messages(session, 3, survey=survey, state="sent", sent_at=NOW)

    status = read_status(session, survey_code=survey.code, now=NOW)

    assert [m.counts["queued"] for m in status.mailings] == [2, 0]
    assert [m.counts["sent"] for m in status.mailings] == [0, 3]
    assert status.counts["queued"] == 2
    assert status.oldest_due_at == NOW - timedelta(hours=1)


def test_status_of_one_survey_leaves_out_the_others(session: Session) -> None:
    survey = make_survey(session)
    make_messages(session, 2)
    make_messages(session, 1, survey=survey, state="failed", reason="refused", smtp_code=550)

    status = read_status(session, survey_code=survey.code, now=NOW)

    assert {m.survey for m in status.mailings} == {survey.code}
    assert (status.counts["queued"], status.counts["failed"]) == (0, 1)
    assert status.oldest_due_at is None


def test_status_tells_causes_with_the_servers_words(session: Session) -> None:
    over = {"state": "failed", "reason": "refused", "smtp_code": 550, "smtp_text": "5.1.1 unknown"}
    make_messages(session, 2, survey=make_survey(session), **over)

    [cause] = read_status(session, survey_code=None, now=NOW).causes

    assert (cause.state, cause.reason, cause.count) == ("failed", "refused", 2)
    assert (cause.smtp_code, cause.smtp_text) == (550, "5.1.1 unknown")


def test_status_lists_every_doubtful_message(session: Session) -> None:
    [doubtful] = make_messages(session, 1, state="unknown", reason="crashed", sending_at=NOW)

    [doubt] = read_status(session, survey_code=None, now=NOW).doubts

    assert (doubt.id, doubt.kind, doubt.reason) == (doubtful.id, "invitation", "crashed")
    assert doubt.external_id == doubtful.invitation.alumnus.external_id


def test_status_shows_held_mailings_pauses_and_the_last_beat(session: Session) -> None:
    make_mailing(session, survey=make_survey(session, paused_at=NOW), state="held", held_at=NOW)
    pause_sending(session, reason="staff", now=NOW)
    session.add(Beat(name="plan-mailings", at=NOW, by="one", result={}))

    status = read_status(session, survey_code=None, now=NOW)

    assert [(m.state, m.is_survey_paused) for m in status.mailings] == [("held", True)]
    assert status.brake == Brake(NOW, "staff")
    assert status.last_beat_at == NOW
