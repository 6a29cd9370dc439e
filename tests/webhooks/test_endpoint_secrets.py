"""Two secrets sign while one replaces the other; afterwards the old one is gone."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from surveys.webhooks.endpoint_secrets import drop_old_secrets, read_secrets, rotate_secret
from surveys.webhooks.refusals import OverlapRefused
from tests.conftest import NOW
from tests.webhooks.receivers import DATA_KEYS, make_receiver

HOUR = timedelta(hours=1)


def test_both_secrets_sign_for_a_day_and_then_the_new_one_alone(session: Session) -> None:
    endpoint = make_receiver(session)
    [old] = read_secrets(endpoint, DATA_KEYS, NOW)

    new = rotate_secret(session, endpoint=endpoint, keys=DATA_KEYS, now=NOW)

    assert new != old
    assert read_secrets(endpoint, DATA_KEYS, NOW + 23 * HOUR) == [new, old]
    assert read_secrets(endpoint, DATA_KEYS, NOW + 24 * HOUR) == [new]
    assert endpoint.version == 2


def test_leaked_secret_can_be_stopped_at_once(session: Session) -> None:
    endpoint = make_receiver(session)

    new = rotate_secret(session, endpoint=endpoint, keys=DATA_KEYS, now=NOW, overlap=timedelta(0))

    assert read_secrets(endpoint, DATA_KEYS, NOW) == [new]
    assert endpoint.old_secret_sealed is None


def test_third_secret_ends_the_first(session: Session) -> None:
    endpoint = make_receiver(session)

    second = rotate_secret(session, endpoint=endpoint, keys=DATA_KEYS, now=NOW)
    third = rotate_secret(session, endpoint=endpoint, keys=DATA_KEYS, now=NOW)

    assert read_secrets(endpoint, DATA_KEYS, NOW) == [third, second]


@pytest.mark.parametrize("overlap", [-HOUR, 73 * HOUR])
def test_overlap_has_bounds(session: Session, overlap: timedelta) -> None:
    endpoint = make_receiver(session)

    with pytest.raises(OverlapRefused):
        rotate_secret(session, endpoint=endpoint, keys=DATA_KEYS, now=NOW, overlap=overlap)


def test_old_secret_is_dropped_when_its_time_is_over(session: Session) -> None:
    endpoint = make_receiver(session)
    rotate_secret(session, endpoint=endpoint, keys=DATA_KEYS, now=NOW, overlap=72 * HOUR)

    assert drop_old_secrets(session, now=NOW + 71 * HOUR) == 0
    assert drop_old_secrets(session, now=NOW + 72 * HOUR) == 1

    session.refresh(endpoint)
    assert (endpoint.old_secret_sealed, endpoint.old_secret_until) == (None, None)
    assert endpoint.secret_sealed is not None
