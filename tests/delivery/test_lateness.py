"""Mails that could not go for days are held for staff instead of being sent as if nothing were."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import Mailing, MailingState, Message
from surveys.delivery.claiming import Batch, claim_batch, release_claims
from surveys.delivery.pace import Pace
from surveys.delivery.window import Window
from surveys.tokens import Keys
from tests.conftest import NOW
from tests.factories import make_mailing, make_messages, make_survey

KEYS = Keys(link=[b"link"], hash=[b"hash"])
DAY = timedelta(days=1)
ISTANBUL = ZoneInfo("Europe/Istanbul")
TWO_DAYS_AGO = NOW - 2 * DAY


def claim(session: Session) -> Batch:
    batch = claim_batch(session, claimed_by="one", limit=50, keys=KEYS, now=NOW)
    session.commit()
    return batch


def mailing_of(messages: list[Message]) -> Mailing:
    return messages[0].mailing


def test_queue_that_stood_still_is_held_and_what_is_in_time_still_goes(session: Session) -> None:
    late = make_messages(session, 2, due_at=TWO_DAYS_AGO)
    in_time = make_messages(session, 1)

    batch = claim(session)

    assert [found.message_id for found in batch.claims] == [in_time[0].id]
    assert (mailing_of(late).state, mailing_of(late).held_at) == ("held", NOW)
    assert {message.state for message in late} == {"queued"}


def test_limit_is_the_mailings_own(session: Session) -> None:
    survey = make_survey(session)
    patient = make_mailing(session, survey=survey, state="enqueued", late_after_s=7 * 86_400)
    messages = make_messages(session, 1, survey=survey, mailing=patient, due_at=TWO_DAYS_AGO)

    assert [found.message_id for found in claim(session).claims] == [messages[0].id]


def test_mailing_that_goes_out_slowly_but_steadily_is_not_late(session: Session) -> None:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued", due_at=TWO_DAYS_AGO)
    over = {"survey": survey, "mailing": mailing, "due_at": TWO_DAYS_AGO}
    make_messages(session, 1, **over, state="sent", sent_at=NOW - timedelta(hours=1))
    make_messages(session, 3, **over)

    assert len(claim(session).claims) == 3


def test_later_mailings_of_the_survey_are_held_with_it(session: Session) -> None:
    survey = make_survey(session)
    make_messages(session, 1, survey=survey, due_at=TWO_DAYS_AGO)
    reminder = make_mailing(session, survey=survey, kind="reminder", state="enqueued")
    make_messages(session, 1, survey=survey, mailing=reminder)

    assert claim(session).is_empty
    assert reminder.state == MailingState.HELD


def test_paused_survey_is_not_held_before_it_goes_on(session: Session) -> None:
    survey = make_survey(session, paused_at=TWO_DAYS_AGO)
    messages = make_messages(session, 1, survey=survey, due_at=TWO_DAYS_AGO)

    assert claim(session).is_empty
    assert mailing_of(messages).state == "enqueued"


def test_mails_of_a_stopped_mailing_do_not_go(session: Session) -> None:
    survey = make_survey(session)
    stopped = make_mailing(session, survey=survey, state="cancelled")
    [message] = make_messages(session, 1, survey=survey, mailing=stopped)

    assert claim(session).suppressed_count == 1
    assert (message.state, message.reason) == ("suppressed", "stopped")


OFFICE_HOURS = Window(start=time(8), end=time(18), weekdays=range(1, 6), zone=ISTANBUL)
FRIDAY_AFTERNOON = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 11, 23, 5, 0, 5, tzinfo=UTC)


def claim_in_office_hours(session: Session, now: datetime) -> Batch:
    pace = Pace(window=OFFICE_HOURS, zone=ISTANBUL)
    batch = claim_batch(session, claimed_by="one", limit=50, keys=KEYS, now=now, pace=pace)
    session.commit()
    return batch


def test_weekend_with_a_shut_window_makes_a_mailing_under_way_no_later(session: Session) -> None:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued", due_at=FRIDAY_AFTERNOON)
    over = {"survey": survey, "mailing": mailing, "due_at": FRIDAY_AFTERNOON}
    make_messages(session, 1, **over, state="sent", sent_at=FRIDAY_AFTERNOON)
    make_messages(session, 3, **over)

    assert len(claim_in_office_hours(session, MONDAY_MORNING).claims) == 3
    assert mailing.state == "enqueued"


def test_mailing_that_falls_due_on_a_weekend_goes_on_monday(session: Session) -> None:
    make_messages(session, 3, due_at=SATURDAY)

    assert len(claim_in_office_hours(session, MONDAY_MORNING).claims) == 3


def test_open_hours_without_a_mail_do_add_up(session: Session) -> None:
    messages = make_messages(session, 3, due_at=SATURDAY)
    # Ten hours a day: Monday and Tuesday make twenty, and four more end on Wednesday at noon.
    in_time = datetime(2026, 11, 25, 8, 59, tzinfo=UTC)

    assert len(claim_in_office_hours(session, in_time).claims) == 3
    release_claims(session, claimed_by="one")
    session.commit()
    assert claim_in_office_hours(session, in_time + timedelta(minutes=2)).is_empty
    assert mailing_of(messages).state == "held"
