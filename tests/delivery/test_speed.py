"""How fast mails go, and when those that wait are through."""

from datetime import datetime, time, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from models import DomainPace
from surveys.delivery.brakes import pause_sending
from surveys.delivery.canary import CANARY_FAILED
from surveys.delivery.holdups import Cause, Holdup
from surveys.delivery.pace import FREE, Pace
from surveys.delivery.speed import Speed, measure_speed
from surveys.delivery.status import read_status
from surveys.delivery.window import Window
from tests.conftest import NOW
from tests.factories import make_invitation, make_mailing, make_message, make_messages, make_survey


def measure(session: Session, *, mail_rate: int, now: datetime = NOW, pace: Pace = FREE) -> Speed:
    status = read_status(session, survey_code=None, now=now)
    return measure_speed(session, status=status, mail_rate=mail_rate, pace=pace, now=now)


AFTERNOON = Pace(window=Window(start=time(12), end=time(18)))


def queue_since_yesterday(session: Session) -> None:
    """Four mails of a mailing that began long ago."""
    survey = make_survey(session)
    began = NOW - timedelta(days=1)
    mailing = make_mailing(session, survey=survey, state="enqueued", enqueued_at=began)
    make_messages(session, 4, survey=survey, mailing=mailing)


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


def test_mails_of_a_mailing_paused_by_itself_wait_for_staff(session: Session) -> None:
    paused = {"paused_at": NOW, "paused_reason": CANARY_FAILED}
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued", **paused)
    make_messages(session, 4, survey=survey, mailing=mailing)

    speed = measure(session, mail_rate=60)

    assert (speed.waiting, speed.later, speed.is_stalled) == (0, 4, False)


def test_mails_outside_the_window_rest_and_do_not_stand_still(session: Session) -> None:
    queue_since_yesterday(session)

    speed = measure(session, mail_rate=60, pace=AFTERNOON)

    assert (speed.is_resting, speed.is_stalled) == (True, False)
    assert speed.resumes_at == NOW + timedelta(hours=3)
    assert speed.done_at == NOW + timedelta(hours=3, seconds=4)
    assert [holdup.cause for holdup in speed.holdups] == [Cause.HOURS]


def test_window_that_has_just_opened_gives_the_sender_time(session: Session) -> None:
    queue_since_yesterday(session)
    opened = NOW + timedelta(hours=3)

    minutes = [
        measure(session, mail_rate=9, pace=AFTERNOON, now=opened + timedelta(minutes=m))
        for m in (1, 3)
    ]

    assert [speed.is_stalled for speed in minutes] == [False, True]


def test_first_mails_that_are_watched_hold_up_the_others(session: Session) -> None:
    until = NOW + timedelta(minutes=10)
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued", canary_until=until)
    make_messages(session, 30, survey=survey, mailing=mailing)

    speed = measure(session, mail_rate=60, pace=Pace(canary=20))

    assert (speed.is_resting, speed.resumes_at) == (True, until)
    assert speed.done_at == until + timedelta(seconds=30)
    assert [holdup.cause for holdup in speed.holdups] == [Cause.WATCHED]


def test_group_that_turned_mails_down_is_told_while_the_others_go(session: Session) -> None:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued", enqueued_at=NOW)
    for group in ("gmail", "rest"):
        make_messages(session, 5, survey=survey, mailing=mailing, domain_group=group)
    until = NOW + timedelta(minutes=20)
    closed = {"closed_until": until, "closed_reason": "421 no", "failure_count": 5}
    of_gmail = update(DomainPace).where(DomainPace.domain_group == "gmail")
    session.execute(of_gmail.values(closed))

    speed = measure(session, mail_rate=60)

    assert not speed.is_resting
    assert speed.holdups == [Holdup(Cause.REFUSED, until, "gmail", 5, "421 no")]
    assert speed.done_at == until + timedelta(seconds=5)


def test_mails_beyond_the_cap_of_a_new_sender_go_tomorrow(session: Session) -> None:
    today = NOW.date()
    make_messages(session, 5, domain_group="gmail")
    counted = {"first_sent_on": today, "counted_on": today, "sent_count": 3}
    of_gmail = update(DomainPace).where(DomainPace.domain_group == "gmail")
    session.execute(of_gmail.values(counted))

    speed = measure(session, mail_rate=60, pace=Pace(ramp_up=(3, 9)))

    midnight = NOW.replace(hour=0) + timedelta(days=1)
    assert (speed.is_resting, speed.resumes_at) == (True, midnight)
    assert speed.holdups == [Holdup(Cause.DAY_FULL, midnight, "gmail", 5)]
