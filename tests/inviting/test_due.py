"""From the plan to the outbox, once, whatever the number of ticks."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Invitation, Mailing, Message, Survey
from surveys.extensions import transaction
from surveys.inviting.due import Enqueued, enqueue_due
from tests.conftest import NOW
from tests.factories import make_invitation, make_mailing, make_message, make_survey

DAY = timedelta(days=1)
NOTHING = Enqueued(mailing_count=0, message_count=0, held_count=0)


@pytest.fixture
def survey(session: Session) -> Survey:
    return make_survey(session)


def asked(session: Session) -> list[int]:
    """The invitations that stand in the outbox, a row a message."""
    return list(session.scalars(select(Message.invitation_id).order_by(Message.id)))


def answered(**over: Any) -> dict[str, Any]:
    return {"started_at": NOW, "responded_at": NOW, **over}


def test_nothing_is_enqueued_before_it_is_due(session: Session, survey: Survey) -> None:
    make_invitation(session, survey=survey)
    make_mailing(session, survey=survey, due_at=NOW + timedelta(seconds=1))

    assert enqueue_due(session, now=NOW) == NOTHING
    assert asked(session) == []


def test_due_invitation_becomes_one_queued_message_a_person(
    session: Session, survey: Survey
) -> None:
    people = [make_invitation(session, survey=survey).id for _ in range(3)]
    mailing = make_mailing(session, survey=survey, due_at=NOW - timedelta(minutes=1))

    done = enqueue_due(session, now=NOW)

    assert done == Enqueued(mailing_count=1, message_count=3, held_count=0)
    assert sorted(asked(session)) == people
    message = session.scalars(select(Message)).first()
    assert message is not None
    assert (message.state, message.fence, message.attempt_count) == ("queued", 0, 0)
    assert (message.due_at, message.expires_at) == (mailing.due_at, survey.closes_at)
    assert (mailing.state, mailing.enqueued_at) == ("enqueued", NOW)


def test_message_expires_when_a_survey_closes(session: Session, survey: Survey) -> None:
    survey.closed_at = NOW + DAY
    make_invitation(session, survey=survey)
    make_mailing(session, survey=survey)

    enqueue_due(session, now=NOW)

    assert session.scalars(select(Message.expires_at)).one() == NOW + DAY


def test_nobody_is_asked_of_whom_staff_were_told(session: Session, survey: Survey) -> None:
    for kind, code in (("invitation", "4.10"), ("reminder", "1.2")):
        make_invitation(session, survey=survey, manual_code=code)
        make_mailing(session, survey=survey, kind=kind)

    enqueue_due(session, now=NOW)

    assert asked(session) == []


def test_invitation_is_for_everybody_even_when_they_cannot_be_mailed(
    session: Session, survey: Survey
) -> None:
    everybody = [
        make_invitation(session, survey=survey),
        make_invitation(session, survey=survey, declined_at=NOW),
        make_invitation(session, survey=survey, **answered()),
    ]
    make_mailing(session, survey=survey, kind="invitation")

    enqueue_due(session, now=NOW)

    assert sorted(asked(session)) == [invitation.id for invitation in everybody]


def test_reminder_skips_people_who_answered_or_declined(session: Session, survey: Survey) -> None:
    unfinished = make_invitation(session, survey=survey, started_at=NOW)
    make_invitation(session, survey=survey, **answered())
    make_invitation(session, survey=survey, declined_at=NOW)
    make_mailing(session, survey=survey, kind="reminder")

    enqueue_due(session, now=NOW)

    assert asked(session) == [unfinished.id]


def test_thanks_go_to_those_who_answered(session: Session, survey: Survey) -> None:
    make_invitation(session, survey=survey, started_at=NOW)
    finished = make_invitation(session, survey=survey, **answered(declined_at=NOW))
    make_mailing(session, survey=survey, kind="thanks")

    enqueue_due(session, now=NOW)

    assert asked(session) == [finished.id]


def test_due_mailing_asks_nobody_of_another_survey(session: Session, survey: Survey) -> None:
    make_invitation(session, survey=make_survey(session))
    make_mailing(session, survey=survey)

    assert enqueue_due(session, now=NOW).message_count == 0


def test_second_tick_adds_nothing(session: Session, survey: Survey) -> None:
    make_invitation(session, survey=survey)
    make_mailing(session, survey=survey)
    enqueue_due(session, now=NOW)

    again = enqueue_due(session, now=NOW + timedelta(seconds=15))

    assert again == NOTHING
    assert len(asked(session)) == 1


def test_repeated_mailing_adds_only_the_messages_that_are_missing(
    session: Session, survey: Survey
) -> None:
    first = make_invitation(session, survey=survey)
    mailing = make_mailing(session, survey=survey)
    enqueue_due(session, now=NOW)
    second = make_invitation(session, survey=survey)
    mailing.state = "planned"

    done = enqueue_due(session, now=NOW)

    assert done.message_count == 1
    assert asked(session) == [first.id, second.id]


def test_crash_before_the_commit_leaves_the_mailing_due(session: Session, survey: Survey) -> None:
    make_invitation(session, survey=survey)
    make_mailing(session, survey=survey)
    session.commit()
    enqueue_due(session, now=NOW)
    session.rollback()

    assert asked(session) == []
    assert enqueue_due(session, now=NOW).message_count == 1


@pytest.mark.parametrize(
    "over",
    [
        {"paused_at": NOW},
        {"closed_at": NOW},
        {"closes_at": NOW},
        {"launched_at": None},
    ],
)
def test_survey_that_rests_or_is_over_enqueues_nothing(
    session: Session, over: dict[str, Any]
) -> None:
    survey = make_survey(session, **over)
    make_invitation(session, survey=survey)
    make_mailing(session, survey=survey)

    assert enqueue_due(session, now=NOW) == NOTHING


def test_mailing_at_its_lateness_limit_is_still_sent(session: Session, survey: Survey) -> None:
    make_invitation(session, survey=survey)
    make_mailing(session, survey=survey, due_at=NOW - DAY)

    assert enqueue_due(session, now=NOW).message_count == 1


def test_mailing_beyond_its_lateness_limit_is_held(session: Session, survey: Survey) -> None:
    make_invitation(session, survey=survey)
    late = make_mailing(session, survey=survey, due_at=NOW - timedelta(seconds=61), late_after_s=60)

    done = enqueue_due(session, now=NOW)

    assert done == Enqueued(mailing_count=0, message_count=0, held_count=1)
    assert (late.state, late.held_at) == ("held", NOW)
    assert asked(session) == []


def test_reminder_never_overtakes_a_held_invitation(session: Session, survey: Survey) -> None:
    make_invitation(session, survey=survey)
    make_mailing(session, survey=survey, due_at=NOW - 8 * DAY)
    reminder = make_mailing(session, survey=survey, kind="reminder", due_at=NOW)

    done = enqueue_due(session, now=NOW)

    assert (done.held_count, done.message_count) == (2, 0)
    assert reminder.state == "held"


def test_held_mailing_of_one_survey_stops_no_other(session: Session, survey: Survey) -> None:
    make_mailing(session, survey=survey, due_at=NOW - 8 * DAY)
    other = make_survey(session)
    make_invitation(session, survey=other)
    make_mailing(session, survey=other)

    done = enqueue_due(session, now=NOW)

    assert (done.held_count, done.message_count) == (1, 1)


@contextmanager
def many_due(session: Session, *, people: int, mailings: int) -> Iterator[None]:
    survey = make_survey(session)
    for _ in range(people):
        make_invitation(session, survey=survey)
    for _ in range(mailings):
        make_mailing(session, survey=survey)
    session.commit()
    yield
    session.rollback()


def test_schedulers_at_once_enqueue_each_person_once(app: Flask, session: Session) -> None:
    together = Barrier(4)

    def tick(_: int) -> Enqueued:
        with app.app_context():
            together.wait()
            with transaction() as own:
                return enqueue_due(own, now=NOW)

    with many_due(session, people=30, mailings=5), ThreadPoolExecutor(4) as schedulers:
        done = list(schedulers.map(tick, range(4)))

    rows = session.execute(select(Message.mailing_id, Message.invitation_id)).all()
    assert sum(one.mailing_count for one in done) == 5
    assert sum(one.message_count for one in done) == len(rows) == 5 * 30
    assert set(Counter(tuple(row) for row in rows).values()) == {1}
    assert session.scalar(select(func.count(Mailing.id)).where(Mailing.state == "enqueued")) == 5
    assert session.scalar(select(func.count(Invitation.id))) == 30


@pytest.mark.postgresql
def test_mailing_moved_in_the_same_moment_is_not_enqueued(app: Flask, session: Session) -> None:
    mailing = make_mailing(session, survey=make_survey(session))
    session.commit()

    def tick() -> Enqueued:
        with app.app_context(), transaction() as own:
            return enqueue_due(own, now=NOW)

    with ThreadPoolExecutor(1) as pool:
        session.refresh(mailing, with_for_update=True)
        mailing.due_at = NOW + 7 * DAY
        session.flush()
        done = pool.submit(tick)
        with pytest.raises(TimeoutError):
            done.result(timeout=0.5)
        session.commit()
        assert done.result(timeout=5) == Enqueued()

    session.refresh(mailing)
    assert mailing.state == "planned"


def test_mail_that_waited_while_its_mailing_was_put_off_is_due_with_it(session: Session) -> None:
    mailing = make_mailing(session, survey=make_survey(session))
    case = make_invitation(session, survey=mailing.survey)
    message = make_message(session, mailing=mailing, invitation=case, due_at=NOW - 3 * DAY)

    enqueue_due(session, now=NOW)

    session.refresh(message)
    assert (message.due_at, message.state) == (NOW, "queued")
