"""The feed: numbers in the order of commits, kept for a while, nothing passed over."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import WebhookDelivery, WebhookEvent
from surveys.tokens import new_id
from surveys.webhooks.events import Happening, record_event
from surveys.webhooks.feed import (
    CursorExpired,
    Visible,
    drop_old_events,
    has_unnumbered,
    list_feed,
    number_events,
)
from surveys.webhooks.types import EventType
from tests.conftest import NOW
from tests.webhooks.receivers import list_deliveries_to, make_receiver

EVERYTHING = Visible(is_demo=False)


def say(session: Session, name: str, *, revision: int = 1, **over: Any) -> WebhookEvent | None:
    happening = Happening(
        **{
            "type": EventType.RESPONSE_RATE_UPDATED,
            "key": name,
            "resource": "survey:1",
            "revision": revision,
            "data": {"revision": revision},
            **over,
        }
    )
    return record_event(session, happening=happening, now=NOW)


def keys(session: Session, after: int | None = None) -> list[str]:
    found = list_feed(session, after=after, types=None, limit=100, visible=EVERYTHING)
    return [event.key for event in found]


def test_event_is_in_the_feed_once_it_has_a_number(session: Session) -> None:
    say(session, "a")
    before, waits = keys(session), has_unnumbered(session)

    assert number_events(session) == 1
    assert (before, waits, keys(session)) == ([], True, ["a"])
    assert not has_unnumbered(session)


def test_same_occasion_is_said_once(session: Session) -> None:
    assert say(session, "a") is not None
    assert say(session, "a") is None


@pytest.mark.postgresql
def test_change_that_commits_late_comes_behind_and_is_not_passed_over(session: Session) -> None:
    engine = session.get_bind()
    with Session(engine) as slow, Session(engine) as quick:
        say(slow, "slow")
        say(quick, "quick")
        quick.commit()
        number_events(quick)
        quick.commit()
        first = keys(quick)
        quick.rollback()
        slow.commit()
        number_events(quick)
        quick.commit()

        assert first == ["quick"]
        assert keys(quick, after=1) == ["slow"]


@pytest.mark.postgresql
def test_numberers_at_once_give_each_number_once(session: Session) -> None:
    for number in range(50):
        say(session, str(number))
    session.commit()
    engine, ready = session.get_bind(), Barrier(4)

    def work() -> None:
        with Session(engine) as own:
            ready.wait()
            number_events(own)
            own.commit()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    numbers = session.scalars(select(WebhookEvent.seq).order_by(WebhookEvent.seq)).all()
    assert list(numbers) == list(range(1, 51))


def test_events_of_one_receiver_alone_stand_in_no_feed(session: Session) -> None:
    event = say(session, "a")
    assert event is not None
    event.is_in_feed = False
    session.flush()

    assert number_events(session) == 0


def test_old_events_go_and_the_numbers_go_on(session: Session) -> None:
    for name in "abc":
        say(session, name)
    number_events(session)
    later = NOW + timedelta(days=91)

    dropped = drop_old_events(session, now=later)
    say(session, "d")
    number_events(session)

    assert dropped == 2
    assert keys(session) == ["c", "d"]
    with pytest.raises(CursorExpired):
        keys(session, after=1)
    assert keys(session, after=2) == ["c", "d"]


def test_place_before_a_gap_has_expired_though_an_older_event_is_kept(session: Session) -> None:
    for name in "abcd":
        say(session, name)
    number_events(session)
    endpoint = make_receiver(session, state={"status": "paused"})
    [kept] = session.scalars(select(WebhookEvent).where(WebhookEvent.key == "a"))
    session.add(
        WebhookDelivery(
            public_id=new_id(), endpoint_id=endpoint.id, event_id=kept.id, type=kept.type,
            resource=kept.resource, revision=kept.revision, next_at=NOW, created_at=NOW,
        )
    )  # fmt: skip
    session.flush()

    drop_old_events(session, now=NOW + timedelta(days=91))

    assert keys(session) == ["d"]
    assert session.scalar(select(WebhookDelivery.event_id)) == kept.id
    for gone in (0, 1, 2):
        with pytest.raises(CursorExpired):
            keys(session, after=gone)
    assert keys(session, after=3) == ["d"]


def test_event_is_queued_for_those_who_want_it(session: Session) -> None:
    wants = make_receiver(session)
    other = make_receiver(session, event_types=(EventType.SURVEY_CLOSED,))
    asleep = make_receiver(session, state={"status": "pending"})
    invented = make_receiver(session, is_demo=True)

    say(session, "a")

    queued = session.scalars(select(WebhookDelivery.endpoint_id)).all()
    assert list(queued) == [wants.id]
    assert not {other.id, asleep.id, invented.id} & set(queued)


def test_newer_words_take_the_place_of_those_that_wait(session: Session) -> None:
    endpoint = make_receiver(session)
    say(session, "a", revision=1)
    say(session, "b", revision=2)
    say(session, "c", revision=1, resource="survey:2")

    states = [delivery.status for delivery in list_deliveries_to(session, endpoint)]

    assert states == ["superseded", "pending", "pending"]
