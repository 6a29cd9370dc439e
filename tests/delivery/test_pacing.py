"""All senders together keep the rate; a clock that was set back holds nobody up."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import SenderState
from surveys.delivery.pacing import take_slot
from tests.conftest import NOW

FREE = timedelta()
ONE_A_SECOND = 60


def test_first_slot_is_free(session: Session) -> None:
    assert take_slot(session, rate=ONE_A_SECOND, now=NOW) == FREE


def test_next_slot_is_an_interval_away(session: Session) -> None:
    take_slot(session, rate=30, now=NOW)

    wait = take_slot(session, rate=30, now=NOW + timedelta(seconds=0.5))

    assert wait == timedelta(seconds=1.5)


def test_slot_is_free_once_its_time_has_come(session: Session) -> None:
    take_slot(session, rate=30, now=NOW)

    assert take_slot(session, rate=30, now=NOW + timedelta(seconds=2)) == FREE


def test_rate_holds_over_a_minute_of_asking(session: Session) -> None:
    steps = [NOW + timedelta(milliseconds=50) * step for step in range(20 * 60)]

    taken = [now for now in steps if take_slot(session, rate=120, now=now) == FREE]

    assert 120 <= len(taken) <= 123


def test_pause_gives_no_more_credit_than_a_second(session: Session) -> None:
    take_slot(session, rate=240, now=NOW)
    much_later = NOW + timedelta(hours=1)

    taken = [take_slot(session, rate=240, now=much_later) for _ in range(9)]

    assert taken.count(FREE) == 5


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=365)])
def test_clock_set_back_holds_nobody_up(session: Session, jump: timedelta) -> None:
    take_slot(session, rate=ONE_A_SECOND, now=NOW + jump)

    assert take_slot(session, rate=ONE_A_SECOND, now=NOW) == FREE
    assert take_slot(session, rate=ONE_A_SECOND, now=NOW) == timedelta(seconds=1)


def test_slot_is_kept_where_all_senders_see_it(session: Session) -> None:
    take_slot(session, rate=ONE_A_SECOND, now=NOW)

    state = session.get_one(SenderState, 1)

    assert state.next_slot_at == NOW + timedelta(seconds=1)
