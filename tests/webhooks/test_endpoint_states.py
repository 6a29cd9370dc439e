"""Which state follows which, and what a receiver in each may be sent."""

import pytest
from sqlalchemy.orm import Session

from models import EndpointStatus
from surveys.webhooks.endpoint_states import (
    pause_endpoint,
    resume_endpoint,
    send_test,
    verify_endpoint,
)
from surveys.webhooks.refusals import Disabled, NotVerified, VerifiedAlready
from tests.conftest import NOW
from tests.webhooks.receivers import list_deliveries_to, make_delivery, make_receiver


def test_active_receiver_is_paused_and_goes_on(session: Session) -> None:
    endpoint = make_receiver(session)

    assert pause_endpoint(session, endpoint=endpoint, now=NOW)
    assert (endpoint.status, endpoint.version) == (EndpointStatus.PAUSED, 2)
    assert not pause_endpoint(session, endpoint=endpoint, now=NOW)
    assert resume_endpoint(session, endpoint=endpoint, now=NOW)
    assert (endpoint.status, endpoint.version) == (EndpointStatus.ACTIVE, 3)
    assert not resume_endpoint(session, endpoint=endpoint, now=NOW)


def test_pause_keeps_what_waits(session: Session) -> None:
    endpoint = make_receiver(session)
    make_delivery(session, endpoint)

    pause_endpoint(session, endpoint=endpoint, now=NOW)

    assert [row.status for row in list_deliveries_to(session, endpoint)] == ["pending"]


@pytest.mark.parametrize(
    ("status", "refusal"),
    [(EndpointStatus.PENDING, NotVerified), (EndpointStatus.DISABLED, Disabled)],
)
@pytest.mark.parametrize("act", [pause_endpoint, resume_endpoint, send_test])
def test_receiver_that_has_not_agreed_is_left_alone(
    session: Session, act: object, status: str, refusal: type[Exception]
) -> None:
    endpoint = make_receiver(session, state={"status": status})

    assert callable(act)
    with pytest.raises(refusal):
        act(session, endpoint=endpoint, now=NOW)

    assert list_deliveries_to(session, endpoint) == []


def test_verification_is_a_private_event_with_a_random_challenge(session: Session) -> None:
    endpoint = make_receiver(session, state={"status": EndpointStatus.PENDING})

    delivery = verify_endpoint(session, endpoint=endpoint, now=NOW)

    event = delivery.event
    assert (event.type, event.is_in_feed) == ("endpoint.verification", False)
    assert len(event.data["challenge"]) == 43
    assert (delivery.status, delivery.next_at) == ("pending", NOW)
    assert endpoint.status == EndpointStatus.PENDING


def test_second_challenge_takes_the_place_of_the_first(session: Session) -> None:
    endpoint = make_receiver(session, state={"status": EndpointStatus.PENDING})

    verify_endpoint(session, endpoint=endpoint, now=NOW)
    verify_endpoint(session, endpoint=endpoint, now=NOW)

    states = [row.status for row in list_deliveries_to(session, endpoint)]
    assert states == ["cancelled", "pending"]


def test_disabled_receiver_comes_back_by_a_challenge(session: Session) -> None:
    endpoint = make_receiver(
        session,
        state={
            "status": EndpointStatus.DISABLED,
            "disabled_reason": "gone",
            "failing_since": NOW,
            "failure_count": 12,
        },
    )

    verify_endpoint(session, endpoint=endpoint, now=NOW)

    assert endpoint.status == EndpointStatus.PENDING
    assert (endpoint.disabled_reason, endpoint.failing_since) == (None, None)
    assert (endpoint.failure_count, endpoint.version) == (0, 2)


@pytest.mark.parametrize("status", [EndpointStatus.ACTIVE, EndpointStatus.PAUSED])
def test_verified_receiver_is_not_asked_again(session: Session, status: str) -> None:
    endpoint = make_receiver(session, state={"status": status})

    with pytest.raises(VerifiedAlready):
        verify_endpoint(session, endpoint=endpoint, now=NOW)


def test_test_event_holds_nothing_and_stays_out_of_the_feed(session: Session) -> None:
    endpoint = make_receiver(session)

    delivery = send_test(session, endpoint=endpoint, now=NOW)

    event = delivery.event
    assert (event.type, event.data, event.is_in_feed) == ("endpoint.test", {}, False)
