"""What changes between claim and send is seen before the next mail goes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Alumnus, Invitation, Mailing, Message, Survey
from surveys.delivery.brakes import pause_sending
from surveys.extensions import db
from surveys.inviting.changing import Words, change_mailing
from surveys.jobs.sending import Terms, drain
from tests.conftest import NOW, SettableClock
from tests.factories import make_messages, make_survey
from tests.inviting.drafts import KEYS
from tests.mail_sink import Sink, running_sink

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
Change = Callable[[Session], object]


def _drain_with(app: Flask, change: Change) -> Sink:
    """Drain, and make `change` while the first mail is being taken by the server."""
    with app.app_context():
        engine = db.engine

    def change_once() -> None:
        sink.on_mail = bool
        with Session(engine) as other:
            change(other)
            other.commit()

    with running_sink() as sink:
        sink.on_mail = change_once
        drain(app, stop=Event(), terms=Terms(server=sink.server))
    return sink


def _outbox(session: Session) -> list[tuple[str, str | None]]:
    session.rollback()
    rows = session.execute(select(Message.state, Message.reason).order_by(Message.id))
    return [(row.state, row.reason) for row in rows]


@pytest.mark.parametrize(
    ("values", "reason"),
    [({"started_at": NOW, "responded_at": NOW}, "answered"), ({"declined_at": NOW}, "declined")],
)
def test_who_answers_or_declines_meanwhile_gets_no_mail(
    lone_app: Flask, session: Session, values: dict[str, datetime], reason: str
) -> None:
    second = make_messages(session, 2)[1].invitation_id

    sink = _drain_with(
        lone_app, lambda s: s.execute(update(Invitation).filter_by(id=second).values(**values))
    )

    assert _outbox(session) == [("sent", None), ("suppressed", reason)]
    assert len(sink.message_ids) == 1


def test_who_loses_their_address_meanwhile_gets_no_mail(lone_app: Flask, session: Session) -> None:
    second = make_messages(session, 2)[1].invitation.alumnus_id
    gone = {"email": None, "email_fault": "missing"}

    _drain_with(lone_app, lambda s: s.execute(update(Alumnus).filter_by(id=second).values(**gone)))

    assert _outbox(session) == [("sent", None), ("suppressed", "no_address")]


def test_address_corrected_meanwhile_gets_the_mail(lone_app: Flask, session: Session) -> None:
    second = make_messages(session, 2)[1].invitation.alumnus_id
    corrected = {"email": "right@example.com", "given_name": "Işıl"}

    sink = _drain_with(
        lone_app, lambda s: s.execute(update(Alumnus).filter_by(id=second).values(**corrected))
    )

    assert sink.recipients[1] == "right@example.com"
    assert message_from_bytes(sink.contents[1], policy=policy.default)["Subject"] == "Işıl, anket"


def test_mailing_stopped_meanwhile_ends_there(lone_app: Flask, session: Session) -> None:
    make_messages(session, 3)

    _drain_with(lone_app, lambda s: s.execute(update(Mailing).values(state="cancelled")))

    assert _outbox(session) == [("sent", None), *[("suppressed", "stopped")] * 2]


def test_mailing_moved_meanwhile_waits_for_its_new_time(lone_app: Flask, session: Session) -> None:
    mailing_id = make_messages(session, 3)[0].mailing_id
    words = Words({"tr": "{ad}, anket", "en": "{ad}, a survey"}, None, "2026-11-30T12:00")

    def move(other: Session) -> None:
        mailing = other.get_one(Mailing, mailing_id)
        change_mailing(other, mailing=mailing, words=words, base_revision=1, keys=KEYS, now=NOW)

    sink = _drain_with(lone_app, move)

    assert [state for state, _ in _outbox(session)] == ["sent", "queued", "queued"]
    assert len(sink.message_ids) == 1
    waiting = session.scalars(select(Message.due_at).where(Message.state == "queued"))
    assert set(waiting) == {NOW + timedelta(days=7)}


def test_subject_changed_meanwhile_stands_in_the_next_mail(
    lone_app: Flask, session: Session
) -> None:
    make_messages(session, 2)
    changed = {"subject": {"tr": "{ad}, düzeltildi"}, "revision": 2}

    sink = _drain_with(lone_app, lambda s: s.execute(update(Mailing).values(**changed)))

    second = message_from_bytes(sink.contents[1], policy=policy.default)
    assert second["Subject"] == "Ayşe, düzeltildi"


def test_survey_paused_meanwhile_keeps_its_mails(lone_app: Flask, session: Session) -> None:
    make_messages(session, 3, survey=make_survey(session))
    [other] = make_messages(session, 1, due_at=NOW)

    _drain_with(
        lone_app,
        lambda s: s.execute(
            update(Survey).where(Survey.id != other.mailing.survey_id).values(paused_at=NOW)
        ),
    )

    assert [state for state, _ in _outbox(session)] == ["sent", "queued", "queued", "sent"]


def test_brake_set_meanwhile_stops_before_the_next_mail(lone_app: Flask, session: Session) -> None:
    make_messages(session, 3)

    _drain_with(lone_app, lambda s: pause_sending(s, reason="staff", now=NOW))

    assert _outbox(session) == [("sent", None), ("queued", None), ("queued", None)]


@pytest.mark.parametrize("column", ["closes_at", "closed_at"])
def test_nothing_goes_after_the_end(lone_app: Flask, session: Session, column: str) -> None:
    make_messages(session, 3)

    _drain_with(lone_app, lambda s: s.execute(update(Survey).values({column: NOW})))

    assert _outbox(session) == [("sent", None), *[("suppressed", "closed")] * 2]


def test_closing_time_that_passes_meanwhile_is_the_end(
    lone_app: Flask, session: Session, clock: SettableClock
) -> None:
    make_messages(session, 2)

    _drain_with(lone_app, lambda _: clock.advance(timedelta(days=31)))

    assert _outbox(session) == [("sent", None), ("suppressed", "closed")]


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=1)])
def test_clock_that_jumps_sends_everything_once(
    lone_app: Flask, session: Session, clock: SettableClock, jump: timedelta
) -> None:
    make_messages(session, 3, due_at=NOW - timedelta(days=1))

    sink = _drain_with(lone_app, lambda _: clock.advance(jump))

    assert len(set(sink.message_ids)) == len(sink.message_ids) == 3


def test_lease_that_runs_out_meanwhile_is_claimed_anew(lone_app: Flask, session: Session) -> None:
    make_messages(session, 3)

    sink = _drain_with(
        lone_app,
        lambda s: s.execute(
            update(Message).filter_by(state="claimed").values(lease_until=LONG_AGO)
        ),
    )

    assert len(set(sink.message_ids)) == len(sink.message_ids) == 3
    assert {m.fence for m in session.scalars(select(Message))} == {1, 2}


def test_message_that_another_took_meanwhile_is_left_to_it(
    lone_app: Flask, session: Session
) -> None:
    messages = make_messages(session, 3)
    taken = {"claimed_by": "other", "fence": 9, "lease_until": NOW + timedelta(days=9_000)}

    sink = _drain_with(
        lone_app,
        lambda s: s.execute(update(Message).filter_by(id=messages[1].id).values(**taken)),
    )

    assert len(sink.message_ids) == 2
    assert [state for state, _ in _outbox(session)] == ["sent", "claimed", "sent"]
