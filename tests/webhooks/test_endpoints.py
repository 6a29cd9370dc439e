"""Receivers: made with care, changed under a version, deleted to a tombstone."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import EndpointStatus
from surveys.webhooks.endpoints import (
    MOST_ENDPOINTS,
    Maker,
    check_version,
    create_endpoint,
    delete_endpoint,
    edit_endpoint,
    get_endpoint,
    list_endpoints,
    read_secrets,
)
from surveys.webhooks.refusals import (
    EndpointMoved,
    EndpointNotFound,
    EventTypesRefused,
    NameRefused,
    OwnerRefused,
    TooManyEndpoints,
)
from surveys.webhooks.targets import BlockedTarget
from surveys.webhooks.types import API_VERSION, EventType
from tests.conftest import NOW
from tests.webhooks.receivers import (
    DATA_KEYS,
    POLICY,
    draft,
    list_deliveries_to,
    make_delivery,
    make_receiver,
)


def edit(session: Session, endpoint: Any, **over: Any) -> list[str]:
    wanted = draft(**over)
    return edit_endpoint(session, endpoint=endpoint, draft=wanted, policy=POLICY, now=NOW)


def test_new_receiver_waits_for_verification_and_is_sent_nothing_yet(session: Session) -> None:
    endpoint, secret = create_endpoint(
        session,
        draft=draft(),
        maker=Maker("cli", is_demo=False),
        policy=POLICY,
        keys=DATA_KEYS,
        now=NOW,
    )

    assert endpoint.status == EndpointStatus.PENDING
    assert (endpoint.version, endpoint.api_version) == (1, API_VERSION)
    assert len(endpoint.public_id) == 13
    assert secret.startswith("whsec_")
    assert list_deliveries_to(session, endpoint) == []


def test_secret_is_sealed_and_can_be_read_again_with_the_key_alone(session: Session) -> None:
    endpoint, secret = create_endpoint(
        session,
        draft=draft(),
        maker=Maker("cli", is_demo=False),
        policy=POLICY,
        keys=DATA_KEYS,
        now=NOW,
    )

    assert endpoint.secret_sealed is not None
    assert secret.removeprefix("whsec_") not in endpoint.secret_sealed
    assert read_secrets(endpoint, DATA_KEYS, NOW) == [secret]
    assert read_secrets(endpoint, [b"another-data-key-of-32-bytes-or-more"], NOW) == []


@pytest.mark.parametrize(
    ("over", "refusal"),
    [
        ({"name": "  "}, NameRefused),
        ({"name": "x" * 101}, NameRefused),
        ({"name": "two\nlines"}, NameRefused),
        ({"url": "http://mezun.example.edu.tr/"}, BlockedTarget),
        ({"event_types": ()}, EventTypesRefused),
        ({"event_types": ("endpoint.test",)}, EventTypesRefused),
        ({"event_types": ("person.erased",)}, EventTypesRefused),
        ({"owner_email": "bim"}, OwnerRefused),
        ({"owner_email": "bim@example.edu.tr\r\nBcc: x@example.com"}, OwnerRefused),
        ({"owner_email": ""}, OwnerRefused),
    ],
)
def test_faulty_field_is_refused_and_nothing_kept(
    session: Session, over: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        make_receiver(session, **over)

    assert list_endpoints(session) == []


def test_event_types_are_kept_once_and_in_one_order(session: Session) -> None:
    chosen = (EventType.INDICATOR_UPDATED, EventType.SURVEY_OPENED, EventType.INDICATOR_UPDATED)

    endpoint = make_receiver(session, event_types=chosen)

    assert endpoint.event_types == ["indicator.updated", "survey.opened"]


def test_one_world_holds_so_many_receivers_and_no_more(session: Session) -> None:
    made = [make_receiver(session) for _ in range(MOST_ENDPOINTS)]

    with pytest.raises(TooManyEndpoints):
        make_receiver(session)
    make_receiver(session, is_demo=True)
    delete_endpoint(session, endpoint=made[0], now=NOW)
    make_receiver(session)


def test_worlds_do_not_see_each_other(session: Session) -> None:
    real, demo = make_receiver(session), make_receiver(session, is_demo=True)

    assert list_endpoints(session, is_demo=False) == [real]
    assert list_endpoints(session, is_demo=True) == [demo]
    with pytest.raises(EndpointNotFound):
        get_endpoint(session, public_id=demo.public_id, is_demo=False)


def test_change_raises_the_version_and_tells_what_changed(session: Session) -> None:
    endpoint = make_receiver(session)

    assert edit(session, endpoint, name="MBS", owner_email="yeni@example.edu.tr") == [
        "name",
        "owner_email",
    ]
    assert endpoint.version == 2
    assert endpoint.status == EndpointStatus.ACTIVE


def test_saving_what_stands_changes_nothing(session: Session) -> None:
    endpoint = make_receiver(session)

    assert edit(session, endpoint) == []
    assert endpoint.version == 1


def test_stale_version_is_refused(session: Session) -> None:
    endpoint = make_receiver(session)
    edit(session, endpoint, name="MBS")

    check_version(endpoint, 2)
    with pytest.raises(EndpointMoved):
        check_version(endpoint, 1)


def test_changed_address_has_to_agree_again(session: Session) -> None:
    endpoint = make_receiver(
        session, state={"failing_since": NOW, "failure_count": 7, "verified_at": NOW}
    )
    waiting = make_delivery(session, endpoint)

    edit(session, endpoint, url="https://yeni.example.edu.tr/hooks")

    assert endpoint.status == EndpointStatus.PENDING
    assert (endpoint.failing_since, endpoint.failure_count, endpoint.verified_at) == (None, 0, None)
    kept, challenge = list_deliveries_to(session, endpoint)
    assert (kept.id, kept.status) == (waiting.id, "pending")
    assert (challenge.type, challenge.status) == ("endpoint.verification", "pending")


def test_challenge_sent_to_the_old_address_proves_nothing_about_the_new(session: Session) -> None:
    endpoint = make_receiver(session, state={"status": EndpointStatus.PENDING})
    edit(session, endpoint, url="https://first.example.edu.tr/")
    first = list_deliveries_to(session, endpoint)[0]
    first.status, first.claimed_by, first.lease_until, first.fence = "sending", "me", NOW, 1
    session.flush()

    edit(session, endpoint, url="https://second.example.edu.tr/")

    first, second = list_deliveries_to(session, endpoint)
    assert (first.status, first.fence) == ("cancelled", 2)
    assert second.status == "pending"
    assert first.event.data["challenge"] != second.event.data["challenge"]


def test_unsubscribed_types_are_cancelled_and_others_kept(session: Session) -> None:
    endpoint = make_receiver(session)
    rate = make_delivery(session, endpoint)
    indicator = make_delivery(session, endpoint, kind=EventType.INDICATOR_UPDATED)
    failed = make_delivery(session, endpoint, status="failed", settled_at=NOW)
    other = make_delivery(session, make_receiver(session))

    edit(session, endpoint, event_types=(EventType.INDICATOR_UPDATED,))

    for row in (rate, indicator, failed, other):
        session.refresh(row)
    assert [row.status for row in (rate, indicator, failed, other)] == [
        "cancelled",
        "pending",
        "failed",
        "pending",
    ]


def test_deleted_receiver_keeps_its_log_and_loses_its_secrets(session: Session) -> None:
    endpoint = make_receiver(session)
    waiting = make_delivery(session, endpoint)

    delete_endpoint(session, endpoint=endpoint, now=NOW)

    session.refresh(waiting)
    assert waiting.status == "cancelled"
    assert (endpoint.secret_sealed, endpoint.old_secret_sealed) == (None, None)
    assert read_secrets(endpoint, DATA_KEYS, NOW) == []
    assert list_endpoints(session) == []
    with pytest.raises(EndpointNotFound):
        get_endpoint(session, public_id=endpoint.public_id)


def test_list_goes_on_behind_the_last_one(session: Session) -> None:
    first, second, third = (make_receiver(session) for _ in range(3))

    assert list_endpoints(session, limit=2) == [first, second]
    assert list_endpoints(session, after_id=second.id, limit=2) == [third]
