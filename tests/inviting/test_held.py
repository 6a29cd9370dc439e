"""Letting a held mailing go."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from surveys.inviting.due import enqueue_due
from surveys.inviting.held import NothingHeld, release_held
from tests.conftest import NOW
from tests.factories import make_invitation, make_mailing, make_messages, make_survey

WEEK = timedelta(days=7)


def test_released_mailing_goes_out_in_the_next_tick(session: Session) -> None:
    survey = make_survey(session)
    make_invitation(session, survey=survey)
    mailing = make_mailing(session, survey=survey, due_at=NOW - WEEK)
    enqueue_due(session, now=NOW)

    released = release_held(session, survey=survey, now=NOW)

    assert released is mailing
    assert (mailing.state, mailing.due_at, mailing.held_at) == ("planned", NOW, None)
    assert enqueue_due(session, now=NOW).message_count == 1


def test_reminder_stays_held_when_the_invitation_is_released(session: Session) -> None:
    survey = make_survey(session)
    make_invitation(session, survey=survey)
    make_mailing(session, survey=survey, due_at=NOW - 2 * WEEK)
    reminder = make_mailing(session, survey=survey, kind="reminder", due_at=NOW - WEEK)
    enqueue_due(session, now=NOW)

    release_held(session, survey=survey, now=NOW)
    done = enqueue_due(session, now=NOW)

    assert (done.mailing_count, reminder.state) == (1, "held")


def test_mails_that_wait_in_the_outbox_are_due_again_when_released(session: Session) -> None:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="held", due_at=NOW - WEEK)
    [waiting] = make_messages(session, 1, survey=survey, mailing=mailing, due_at=NOW - WEEK)

    release_held(session, survey=survey, now=NOW)

    session.refresh(waiting)
    assert (waiting.state, waiting.due_at) == ("queued", NOW)


@pytest.mark.parametrize("state", ["planned", "enqueued", "cancelled"])
def test_release_is_refused_when_nothing_is_held(session: Session, state: str) -> None:
    survey = make_survey(session)
    make_mailing(session, survey=survey, state=state)
    make_mailing(session, survey=make_survey(session), state="held")

    with pytest.raises(NothingHeld, match=survey.code):
        release_held(session, survey=survey, now=NOW)
