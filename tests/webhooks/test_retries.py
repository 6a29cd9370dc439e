"""When a delivery is tried again: the table, what a receiver asks for, a queue that rests."""

from datetime import timedelta

import pytest

from surveys.webhooks.retries import find_slowing, find_wait
from surveys.webhooks.types import EventType

RATE = EventType.RESPONSE_RATE_UPDATED
HOURS = [2, 5, 10, 14, 20, 24]
TABLE = [
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in HOURS),
]


def test_waits_are_those_of_the_table_and_end_after_ten_attempts() -> None:
    waits = [
        find_wait(kind=RATE, attempt_count=n, retry_after=None, spread=1.0) for n in range(1, 11)
    ]

    assert waits == [*TABLE, None]
    assert sum(TABLE, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)


@pytest.mark.parametrize("spread", [0.8, 1.2])
def test_waits_are_spread(spread: float) -> None:
    wait = find_wait(kind=RATE, attempt_count=2, retry_after=None, spread=spread)

    assert wait == timedelta(minutes=5) * spread


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        (1, timedelta(seconds=5)),
        (3_600, timedelta(hours=1)),
        (10**8, timedelta(hours=24)),
    ],
)
def test_receiver_may_ask_for_more_up_to_a_day(asked: int, wait: timedelta) -> None:
    assert find_wait(kind=RATE, attempt_count=1, retry_after=asked, spread=1.0) == wait


def test_test_is_tried_once() -> None:
    kind = EventType.ENDPOINT_TEST

    assert find_wait(kind=kind, attempt_count=1, retry_after=60, spread=1.0) is None


@pytest.mark.parametrize(
    ("status", "failures", "asked", "slowing"),
    [
        (429, 1, 3_600, timedelta(hours=1)),
        (503, 1, 10**8, timedelta(hours=24)),
        (502, 1, None, timedelta(minutes=5)),
        (503, 1, None, timedelta(minutes=5)),
        (504, 9, 1, timedelta(minutes=5)),
        (500, 1, 3_600, None),
        (404, 4, None, None),
        (None, 5, None, timedelta(minutes=5)),
    ],
)
def test_some_answers_rest_the_whole_queue(
    status: int | None, failures: int, asked: int | None, slowing: timedelta | None
) -> None:
    old = timedelta(hours=20)

    found = find_slowing(http_status=status, failure_count=failures, wait=old, retry_after=asked)

    assert found == slowing


def test_queue_rests_no_longer_than_the_delivery_that_met_it() -> None:
    wait = timedelta(seconds=5)

    assert find_slowing(http_status=503, failure_count=1, wait=wait, retry_after=None) == wait
