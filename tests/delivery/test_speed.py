"""How fast mails go, and when those that wait are through."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from surveys.delivery.brakes import pause_sending
from surveys.delivery.speed import Speed, measure_speed
from surveys.delivery.status import read_status
from tests.conftest import NOW
from tests.factories import make_invitation, make_mailing, make_message, make_messages, make_survey


def measure(session: Session, *, mail_rate: int, now: datetime = NOW) -> Speed:
    status = read_status(session, survey_code=None, now=now)
    return measure_speed(session, status=status, mail_rate=mail_rate, now=now)


def send_every(session: Session, seconds: int, count: int) -> None:
    """Send `count` mails of a mailing in which 40 more wait."""
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued")
    make_messages(session, 40, survey=survey, mailing=mailing)
    for number in range(count):
        invitation = make_invitation(session, survey=survey)
        at = NOW - timedelta(seconds=seconds * number)
        make_message(session, mailing=mailing, invitation=invitation, state="sent", sent_at=at)


def test_speed_is_measured_over_what_went_lately(session: Session) -> None:
    send_every(session, 3, count=5)

    speed = measure(session, mail_rate=0)

    assert (speed.waiting, speed.per_minute) == (40, 20)
    assert speed.done_at == NOW + timedelta(minutes=2)


def test_mails_stand_still_when_the_server_takes_none_any_more(session: Session) -> None:
    send_every(session, 3, count=5)

    speed = measure(session, mail_rate=0, now=NOW + timedelta(minutes=3))

    assert (speed.is_stalled, speed.per_minute, speed.done_at) == (True, None, None)


def test_mailing_that_has_just_begun_does_not_stand_still(session: Session) -> None:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued", enqueued_at=NOW)
    make_messages(session, 4, survey=survey, mailing=mailing)

    assert not measure(session, mail_rate=0, now=NOW + timedelta(minutes=1)).is_stalled
    assert measure(session, mail_rate=0, now=NOW + timedelta(minutes=3)).is_stalled


def test_speed_before_the_first_mails_is_the_allowed_one(session: Session) -> None:
    make_messages(session, 3)

    assert measure(session, mail_rate=60).done_at == NOW + timedelta(seconds=3)
    assert measure(session, mail_rate=0).done_at is None


def test_mails_of_a_paused_survey_and_retries_wait_for_their_own_time(session: Session) -> None:
    make_messages(session, 2, survey=make_survey(session, paused_at=NOW))
    make_messages(session, 1, due_at=NOW + timedelta(minutes=5))
    make_messages(session, 4)

    speed = measure(session, mail_rate=60)

    assert (speed.waiting, speed.later) == (4, 3)


def test_end_is_not_told_while_sending_is_stopped(session: Session) -> None:
    make_messages(session, 4)
    pause_sending(session, reason="staff", now=NOW)

    assert measure(session, mail_rate=60).done_at is None
