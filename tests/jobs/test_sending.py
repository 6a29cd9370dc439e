"""A drain over real SMTP: who gets a mail, once, and what stands in the outbox afterwards."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import event, select, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from models import DomainPace, Message, SenderState
from surveys.delivery.brakes import find_brake, read_reason, resume_mailing
from surveys.delivery.breakers import FAILURES_TO_CLOSE
from surveys.delivery.recovery import list_claimers
from surveys.extensions import db
from surveys.jobs.sending import DatabaseForgetful, Drained, SenderStopped, Terms, drain
from tests.conftest import NOW, SettableClock
from tests.factories import make_messages, make_survey
from tests.jobs.conftest import AppWith
from tests.mail_sink import Sink, running_sink
from tests.smtp_servers import DROP, HANG, address_of, free_port, scripted_server


def _drain(app: Flask, sink: Sink, **over: object) -> Drained:
    terms = Terms(**{"server": sink.server, "patience_s": 5, **over})  # type: ignore[arg-type] # a bag of fields, checked by the class
    return drain(app, stop=Event(), terms=terms)


def _states(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Message.state).order_by(Message.id)))


def _addresses(messages: list[Message]) -> list[str]:
    return [str(message.invitation.alumnus.email) for message in messages]


def test_drain_sends_each_message_once(app: Flask, session: Session, sink: Sink) -> None:
    messages = make_messages(session, 120)
    expected = sorted(_addresses(messages))

    drained = _drain(app, sink)

    assert drained.counts == {"sent": 120, "failed": 0, "suppressed": 0, "unknown": 0}
    assert sorted(sink.recipients) == expected
    assert len(set(sink.message_ids)) == 120
    assert set(_states(session)) == {"sent"}
    assert {m.invitation.mail_state for m in messages} == {"sent"}


def test_drain_sends_nothing_when_nothing_is_due(app: Flask, session: Session, sink: Sink) -> None:
    make_messages(session, 1, state="sent", sent_at=datetime(2026, 1, 1, tzinfo=UTC))

    assert sum(_drain(app, sink).counts.values()) == 0
    assert sink.message_ids == []


def test_drain_sends_in_the_order_of_the_queue(
    lone_app: Flask, session: Session, sink: Sink
) -> None:
    expected = _addresses(make_messages(session, 5))

    _drain(lone_app, sink)

    assert sink.recipients == expected


def test_refused_recipient_fails_alone_with_the_reason(
    app: Flask, session: Session, sink: Sink
) -> None:
    messages = make_messages(session, 3)
    sink.replies[_addresses(messages)[1]] = ["550 5.1.1 no such user"]

    drained = _drain(app, sink)

    assert (drained.counts["sent"], drained.counts["failed"]) == (2, 1)
    assert _states(session) == ["sent", "failed", "sent"]
    assert (messages[1].smtp_code, messages[1].smtp_text) == (550, "5.1.1 no such user")


def test_recipient_refused_by_policy_fails_alone_when_others_are_taken(
    lone_app: Flask, session: Session, sink: Sink
) -> None:
    messages = make_messages(session, 3)
    sink.replies[_addresses(messages)[0]] = ["554 5.7.1 not for you"] * 2

    drained = _drain(lone_app, sink)

    assert (drained.counts["sent"], drained.counts["failed"]) == (2, 1)
    assert _states(session) == ["failed", "sent", "sent"]
    assert find_brake(session) is None


def test_refusals_at_the_head_of_the_queue_leave_the_rest_alone(
    lone_app: Flask, session: Session, sink: Sink
) -> None:
    messages = make_messages(session, 9)
    for address in _addresses(messages)[:6]:
        sink.replies[address] = ["554 5.7.1 not for you"] * 2

    drained = _drain(lone_app, sink)

    assert (drained.counts["sent"], drained.counts["failed"]) == (3, 6)
    assert find_brake(session) is None


def test_recipient_at_whom_the_server_hangs_up_holds_up_nobody(
    lone_app: Flask, session: Session, sink: Sink
) -> None:
    messages = make_messages(session, 3, due_at=NOW - timedelta(minutes=1))
    trouble, *others = _addresses(messages)
    sink.replies[trouble] = ["421 4.3.2 not now"] * 2

    _drain(lone_app, sink)

    assert sink.recipients == [*others, trouble]


def test_policy_against_every_mail_pauses_the_mailing_and_fails_nobody(
    app: Flask, session: Session
) -> None:
    messages = make_messages(session, 20)

    with scripted_server({"RCPT": "554 5.7.1 relay access denied"}) as server:
        drained = drain(app, stop=Event(), terms=Terms(server=address_of(server.port)))

    assert sum(drained.counts.values()) == 0
    assert set(_states(session)) == {"queued"}
    assert find_brake(session) is None
    assert read_reason(messages[0].mailing.paused_reason or "") == (
        "refused_by_policy",
        "554 5.7.1 relay access denied",
    )


def test_text_that_the_server_refuses_holds_up_its_own_mailing_alone(
    lone_app: Flask, session: Session, sink: Sink
) -> None:
    refused, taken = make_messages(session, 6), make_messages(session, 6)
    for one, other in zip(refused, taken, strict=True):
        # In turns, so that the server takes a mail after each that it refuses.
        one.due_at = other.due_at = NOW - timedelta(minutes=one.id)
    session.commit()
    for address in _addresses(refused):
        sink.replies[address] = ["552 5.3.4 too big"] * 2

    drained = _drain(lone_app, sink)

    session.rollback()
    assert (drained.counts["sent"], drained.counts["failed"]) == (6, 0)
    assert {message.state for message in refused} == {"queued"}
    assert read_reason(refused[0].mailing.paused_reason or "")[0] == "refused_by_policy"
    assert find_brake(session) is None


def test_mailing_that_staff_let_go_on_sends_what_was_refused(
    lone_app: Flask, session: Session, sink: Sink
) -> None:
    messages = make_messages(session, 6)
    for address in _addresses(messages):
        sink.replies[address] = ["554 5.7.1 relay access denied"] * 2
    _drain(lone_app, sink)
    sink.replies.clear()
    session.rollback()
    assert resume_mailing(session, mailing_id=messages[0].mailing_id)
    session.commit()

    assert _drain(lone_app, sink).counts["sent"] == 6


def test_refused_login_stops_all_and_fails_nobody(app: Flask, session: Session) -> None:
    make_messages(session, 3)

    with scripted_server({"MAIL": "530 5.7.0 authentication required"}) as server:
        drain(app, stop=Event(), terms=Terms(server=address_of(server.port)))

    brake = find_brake(session)
    assert brake is not None
    assert brake.reason == "login_refused"
    assert set(_states(session)) == {"queued"}


def test_temporary_refusal_is_tried_again_later(
    app: Flask, session: Session, sink: Sink, clock: SettableClock
) -> None:
    [message] = make_messages(session, 1)
    sink.replies[_addresses([message])[0]] = ["451 4.7.1 greylisted"]

    first = _drain(app, sink)
    clock.advance(timedelta(minutes=8))
    second = _drain(app, sink)

    assert (sum(first.counts.values()), second.counts["sent"]) == (0, 1)
    session.rollback()
    assert (message.attempt_count, message.state) == (1, "sent")


def test_line_dropped_after_the_body_leaves_one_unknown_and_goes_on(
    lone_app: Flask, session: Session
) -> None:
    make_messages(session, 3)

    with scripted_server({"DOT": ["250 Ok", DROP, "250 Ok"]}) as server:
        drained = drain(lone_app, stop=Event(), terms=Terms(server=address_of(server.port)))

    assert (drained.counts["sent"], drained.counts["unknown"]) == (2, 1)
    assert _states(session) == ["sent", "unknown", "sent"]
    assert len(server.bodies) == 3


def test_server_that_hangs_after_the_body_leaves_the_outcome_unknown(
    lone_app: Flask, session: Session
) -> None:
    [message] = make_messages(session, 1)

    with scripted_server({"DOT": [HANG, "250 Ok"]}) as server:
        terms = Terms(server=address_of(server.port, dot_timeout_s=0.2))
        drain(lone_app, stop=Event(), terms=terms)

    session.rollback()
    assert (message.state, message.reason) == ("unknown", "line_lost")
    assert message.invitation.mail_state == "unknown"


def test_server_that_hangs_before_the_body_loses_nothing(lone_app: Flask, session: Session) -> None:
    [message] = make_messages(session, 1)

    with scripted_server({"MAIL": [HANG, "250 Ok"]}) as server:
        terms = Terms(server=address_of(server.port, command_timeout_s=0.2))
        drained = drain(lone_app, stop=Event(), terms=terms)

    session.rollback()
    assert drained.counts["sent"] == 1
    assert (message.state, message.attempt_count) == ("sent", 0)
    assert len(server.bodies) == 1


def test_dead_server_leaves_all_queued_and_is_given_up(app: Flask, session: Session) -> None:
    make_messages(session, 3)

    terms = Terms(server=address_of(free_port()), patience_s=0)
    drained = drain(app, stop=Event(), terms=terms)

    assert drained.gave_up
    assert _states(session) == ["queued"] * 3


def test_server_that_comes_back_gets_everything_once(app: Flask, session: Session) -> None:
    make_messages(session, 3)
    sink = Sink()
    _drain(app, sink, patience_s=0)

    with running_sink(sink):
        drained = _drain(app, sink)

    assert drained.counts["sent"] == 3
    assert len(set(sink.message_ids)) == 3


def test_server_without_time_is_tried_again_in_the_same_drain(
    lone_app: Flask, session: Session
) -> None:
    make_messages(session, 2)

    with scripted_server({"GREETING": ["421 4.3.2 too busy", "220 sink"]}) as server:
        drained = drain(lone_app, stop=Event(), terms=Terms(server=address_of(server.port)))

    assert drained.counts["sent"] == 2
    assert server.connection_count == 2


def test_mail_that_cannot_be_written_fails_with_its_reason(
    app: Flask, session: Session, sink: Sink
) -> None:
    messages = make_messages(session, 1)
    messages[0].mailing.subject = {"tr": "{soyad}"}
    messages[0].invitation.alumnus.family_name = ""
    session.commit()

    drained = _drain(app, sink)

    session.rollback()
    assert drained.counts["failed"] == 1
    assert messages[0].reason == "not_rendered"
    assert messages[0].mailing.paused_reason == "text_broken"


def test_text_that_breaks_holds_up_its_own_mailing_alone(
    lone_app: Flask, session: Session, sink: Sink
) -> None:
    broken, sound = make_messages(session, 4), make_messages(session, 4)
    broken[0].mailing.subject = {"tr": "{soyad}"}
    for message in broken:
        message.invitation.alumnus.family_name = ""
    session.commit()

    drained = _drain(lone_app, sink)

    session.rollback()
    assert drained.counts["sent"] == len(sound)
    assert find_brake(session) is None
    assert {message.state for message in sound} == {"sent"}
    assert sorted(m.state for m in broken) == ["failed", "queued", "queued", "queued"]


THROTTLED = "450 4.7.1 too many mails from you"


def test_receivers_that_take_mails_in_between_do_not_rest(
    lone_app: Flask, session: Session
) -> None:
    make_messages(session, 12)

    with scripted_server({"RCPT": [THROTTLED, "250 Ok"] * 5 + ["250 Ok"]}) as server:
        drained = drain(lone_app, stop=Event(), terms=Terms(server=address_of(server.port)))

    session.rollback()
    assert drained.counts["sent"] == 7
    pace = session.get_one(DomainPace, "rest")
    assert (pace.failure_count, pace.closed_until) == (0, None)


def test_receivers_that_turn_one_mail_down_after_the_other_rest(
    lone_app: Flask, session: Session
) -> None:
    make_messages(session, 12)

    with scripted_server({"RCPT": THROTTLED}) as server:
        drained = drain(lone_app, stop=Event(), terms=Terms(server=address_of(server.port)))

    session.rollback()
    assert drained.counts["failed"] == 0
    tried = [command for command in server.commands if command.startswith("RCPT")]
    assert len(tried) == FAILURES_TO_CLOSE
    assert session.get_one(DomainPace, "rest").failure_count == FAILURES_TO_CLOSE


def test_stop_finishes_the_mail_in_flight_and_gives_back_the_rest(
    lone_app: Flask, session: Session, sink: Sink
) -> None:
    make_messages(session, 4)
    stop = Event()
    sink.on_mail = stop.set

    drained = drain(lone_app, stop=stop, terms=Terms(server=sink.server))

    assert drained.counts["sent"] == 1
    assert _states(session) == ["sent", "queued", "queued", "queued"]
    assert list_claimers(session) == []


def test_drain_keeps_the_rate_that_all_senders_share(
    app_with: AppWith, session: Session, sink: Sink
) -> None:
    make_messages(session, 5)

    drained = _drain(app_with(mail_rate=6_000), sink)

    assert drained.counts["sent"] == 5
    assert session.scalar(select(SenderState.next_slot_at)) is not None


def test_drain_tells_how_far_it_is(app: Flask, session: Session, sink: Sink) -> None:
    make_messages(session, 3)
    told: list[int] = []

    _drain(app, sink, on_change=lambda counts: told.append(sum(counts.values())))

    assert told == [1, 2, 3]


def test_drain_takes_back_what_a_dead_sender_held(app: Flask, session: Session, sink: Sink) -> None:
    over = {"claimed_by": "elsewhere:1:1:x:0", "lease_until": datetime(2000, 1, 1, tzinfo=UTC)}
    survey = make_survey(session)
    make_messages(session, 1, survey=survey, state="sending", **over)
    make_messages(session, 2, survey=survey, state="claimed", **over)

    drained = _drain(app, sink)

    assert (drained.counts["sent"], drained.counts["unknown"]) == (2, 1)
    assert _states(session) == ["unknown", "sent", "sent"]


def test_database_that_takes_no_more_stops_the_sender_and_loses_nothing(
    lone_app: Flask, session: Session, sink: Sink
) -> None:
    make_messages(session, 3)
    with lone_app.app_context():
        engine = db.engine
    sink.on_mail = lambda: _make_read_only(engine)

    with pytest.raises(SenderStopped):
        _drain(lone_app, sink)
    _make_writable(engine)
    sink.on_mail = bool
    drained = _drain(lone_app, sink)

    assert (drained.counts["sent"], drained.counts["unknown"]) == (2, 1)
    assert len(set(sink.message_ids)) == len(sink.message_ids) == 3


def test_forgetful_database_is_refused_before_the_first_mail(
    app: Flask, session: Session, sink: Sink, engine_name: str
) -> None:
    make_messages(session, 1)
    if engine_name == "postgresql":
        session.execute(text("ALTER DATABASE donut SET synchronous_commit = off"))
        session.commit()
    expected = pytest.raises(DatabaseForgetful) if engine_name == "postgresql" else nullcontext()
    with app.app_context():
        db.engine.dispose()

    with expected:
        _drain(app, sink)

    assert len(sink.message_ids) == (0 if engine_name == "postgresql" else 1)


def _refuse_writes(connection: Connection) -> None:
    name = connection.dialect.name
    read_only = {
        "sqlite": "PRAGMA query_only=ON",
        "postgresql": "SET TRANSACTION READ ONLY",
    }
    connection.exec_driver_sql(read_only[name])


def _make_read_only(engine: Engine) -> None:
    event.listen(engine, "begin", _refuse_writes)


def _make_writable(engine: Engine) -> None:
    event.remove(engine, "begin", _refuse_writes)
    engine.dispose()
