"""Receivers as the systems that listen manage them: made once, changed by version, asked to act."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEntry, DeliveryState, WebhookDelivery, WebhookEndpoint, WebhookEvent
from surveys.api_keys.scopes import Scope
from surveys.webhooks.events import Happening, record_event
from surveys.webhooks.feed import number_events
from surveys.webhooks.types import EventType
from tests.api.conftest import ApiClient, MakeKey
from tests.conftest import NOW, SettableClock

BODY: dict[str, Any] = {
    "name": "Mezun Bilgi Sistemi",
    "url": "https://mezun.example.edu.tr/hooks/donut",
    "event_types": ["indicator.updated", "response_rate.updated"],
    "owner_email": "bim@example.edu.tr",
}
PATH = "/webhook-endpoints"


@pytest.fixture
def made(api: ApiClient) -> Any:
    """A receiver that was just made, as the API told it."""
    answer = api.post(PATH, json=BODY)
    assert answer.status_code == 201, answer.text
    return answer.json


def activate(session: Session) -> WebhookEndpoint:
    endpoint = session.scalars(select(WebhookEndpoint)).one()
    endpoint.status = "active"
    session.commit()
    return endpoint


def say(session: Session, revision: int = 1, **over: Any) -> None:
    happening = Happening(
        **{
            "type": EventType.RESPONSE_RATE_UPDATED,
            "key": f"response_rate.updated:1:{revision}:{over}",
            "resource": "survey:1",
            "revision": revision,
            "data": {"survey_id": "srv_pvkq4b5z4zdai", "revision": revision, "rate": 0.1},
            **over,
        }
    )
    record_event(session, happening=happening, now=NOW)
    number_events(session)
    session.commit()


def test_receiver_is_made_pending_with_a_secret_that_is_told_once(api: ApiClient) -> None:
    answer = api.post(PATH, json=BODY)

    assert answer.status_code == 201
    assert answer.json is not None
    assert answer.json["status"] == "pending"
    assert answer.json["payload"] == "totals"
    assert answer.json["secret"].startswith("whsec_")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["ETag"] == '"whe-1"'
    shown = api.get(answer.headers["Location"].removeprefix("/api/v1"))
    assert shown.json == {k: v for k, v in answer.json.items() if k != "secret"}


def test_nothing_goes_to_a_receiver_before_it_is_asked_to_verify(
    made: Any, session: Session
) -> None:
    assert made
    assert session.scalars(select(WebhookDelivery)).all() == []


def test_repeated_request_makes_one_receiver(api: ApiClient, session: Session) -> None:
    headers = {"Idempotency-Key": '"first"'}
    first = api.post(PATH, json=BODY, headers=headers)
    second = api.post(PATH, json=BODY, headers=headers)

    assert first.json == second.json
    assert len(session.scalars(select(WebhookEndpoint)).all()) == 1


@pytest.mark.parametrize(
    ("over", "pointer"),
    [
        ({"name": ""}, "#/body/name"),
        ({"name": "a\nb"}, "#/body/name"),
        ({"event_types": []}, "#/body/event_types"),
        ({"event_types": ["endpoint.test"]}, "#/body/event_types/0"),
        ({"owner_email": "nobody"}, "#/body/owner_email"),
        ({"payload": "all"}, "#/body/payload"),
        ({"secret": "whsec_mine"}, "#/body/secret"),
        ({"url": 5}, "#/body/url"),
    ],
)
def test_fault_is_told_where_it_stands(api: ApiClient, over: dict[str, Any], pointer: str) -> None:
    answer = api.post(PATH, json={**BODY, **over})

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == "validation_failed"
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


@pytest.mark.parametrize(
    "url",
    [
        "http://mezun.example.edu.tr/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://a:b@mezun.example.edu.tr/",
        "https://mezun.example.edu.tr:8443/",
        "http://127.0.0.1\\@1.1.1.1/",
    ],
)
def test_address_that_events_may_not_go_to_is_refused(api: ApiClient, url: str) -> None:
    answer = api.post(PATH, json={**BODY, "url": url})

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == "blocked_target"


def test_receivers_are_listed_in_pages(api: ApiClient) -> None:
    ids = [api.post(PATH, json={**BODY, "name": f"System {n}"}).json["id"] for n in range(3)]  # type: ignore[index] # it was made

    first = api.get(f"{PATH}?limit=2").json
    assert first is not None
    second = api.get(f"{PATH}?limit=2&cursor={first['next_cursor']}").json

    assert second is not None
    assert [row["id"] for row in first["data"] + second["data"]] == ids
    assert second["next_cursor"] is None


def test_receiver_is_sent_once_while_it_is_unchanged(api: ApiClient, made: Any) -> None:
    path = f"{PATH}/{made['id']}"
    tag = api.get(path).headers["ETag"]

    assert api.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_change_names_the_version_that_it_rests_on(api: ApiClient, made: Any) -> None:
    path = f"{PATH}/{made['id']}"
    change = {"name": "Mezun"}

    missing = api.patch(path, json=change)
    changed = api.patch(path, json=change, headers={"If-Match": '"whe-1"'})
    stale = api.patch(path, json=change, headers={"If-Match": '"whe-1"'})

    assert (missing.status_code, changed.status_code, stale.status_code) == (428, 200, 412)
    assert changed.json is not None
    assert changed.json["name"] == "Mezun"
    assert changed.headers["ETag"] == '"whe-2"'
    assert stale.json is not None
    assert stale.json["code"] == "precondition_failed"


def test_receiver_is_paused_and_goes_on(api: ApiClient, made: Any, session: Session) -> None:
    path = f"{PATH}/{made['id']}"
    pending = api.patch(path, json={"status": "paused"}, headers={"If-Match": "*"})
    activate(session)
    paused = api.patch(path, json={"status": "paused"}, headers={"If-Match": "*"})
    active = api.patch(path, json={"status": "active"}, headers={"If-Match": "*"})

    assert pending.status_code == 409
    assert paused.json is not None
    assert active.json is not None
    assert (paused.json["status"], active.json["status"]) == ("paused", "active")


def test_new_address_has_to_agree_anew(api: ApiClient, made: Any, session: Session) -> None:
    activate(session)
    change = {"url": "https://new.example.edu.tr/hook"}

    answer = api.patch(f"{PATH}/{made['id']}", json=change, headers={"If-Match": "*"})

    assert answer.json is not None
    assert answer.json["status"] == "pending"
    [delivery] = session.scalars(select(WebhookDelivery))
    assert delivery.type == EventType.ENDPOINT_VERIFICATION


def test_deleted_receiver_is_not_there(api: ApiClient, made: Any) -> None:
    path = f"{PATH}/{made['id']}"

    refused = api.delete(path)
    deleted = api.delete(path, headers={"If-Match": '"whe-1"'})

    assert (refused.status_code, deleted.status_code) == (428, 204)
    assert api.get(path).status_code == 404
    assert api.delete(path, headers={"If-Match": '"whe-1"'}).status_code == 404


def test_verification_is_queued_and_can_be_followed(api: ApiClient, made: Any) -> None:
    answer = api.post(f"{PATH}/{made['id']}/verify", json={})

    assert answer.status_code == 202
    assert answer.json is not None
    assert answer.json["type"] == "endpoint.verification"
    followed = api.get(f"/deliveries/{answer.json['id']}")
    assert followed.json == answer.json


def test_test_needs_a_receiver_that_has_agreed(api: ApiClient, made: Any, session: Session) -> None:
    path = f"{PATH}/{made['id']}/test"
    early = api.post(path, json={})
    activate(session)
    sent = api.post(path, json={})

    assert (early.status_code, sent.status_code) == (409, 202)
    assert early.json is not None
    assert early.json["code"] == "wrong_state"


def test_new_secret_is_told_once_and_raises_the_version(api: ApiClient, made: Any) -> None:
    answer = api.post(f"{PATH}/{made['id']}/rotate-secret", json={"overlap_hours": 1})
    too_long = api.post(f"{PATH}/{made['id']}/rotate-secret", json={"overlap_hours": 73})

    assert answer.json is not None
    assert answer.json["secret"] != made["secret"]
    assert answer.headers["ETag"] == '"whe-2"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert too_long.status_code == 422


def test_deliveries_are_told_newest_first(api: ApiClient, made: Any, session: Session) -> None:
    activate(session)
    say(session, 1)
    say(session, 2, resource="survey:2")

    answer = api.get(f"{PATH}/{made['id']}/deliveries")
    failed = api.get(f"{PATH}/{made['id']}/deliveries?status=failed")

    assert answer.json is not None
    assert failed.json is not None
    assert [row["status"] for row in answer.json["data"]] == ["pending", "pending"]
    assert answer.json["data"][0]["attempts"] == []
    assert failed.json["data"] == []


def test_failed_delivery_is_sent_again(
    api: ApiClient, made: Any, session: Session, clock: SettableClock
) -> None:
    activate(session)
    say(session)
    delivery = session.scalars(select(WebhookDelivery)).one()
    delivery.status, delivery.settled_at = DeliveryState.FAILED, NOW
    public_id = delivery.public_id
    session.commit()
    clock.advance(timedelta(hours=1))

    replayed = api.post(f"/deliveries/whd_{public_id}/replay", json={})
    recovered = api.post(f"{PATH}/{made['id']}/recover", json={"since": "2026-11-01T00:00:00Z"})

    assert replayed.json is not None
    assert (replayed.status_code, replayed.json["status"]) == (202, "pending")
    assert recovered.json == {"recovered": 0}


def test_what_a_key_did_stands_in_the_audit_trail(
    api: ApiClient, made: Any, session: Session
) -> None:
    api.delete(f"{PATH}/{made['id']}", headers={"If-Match": "*"})

    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["webhook.add", "webhook.delete"]
    assert {entry.actor for entry in entries} == {(api.key or "")[:12]}
    assert "whsec_" not in repr([entry.details for entry in entries])


def test_key_of_one_indicator_makes_no_receiver(api: ApiClient, make_key: MakeKey) -> None:
    narrow = api.with_key(make_key(Scope.WEBHOOKS_MANAGE, indicator_code="PG3.3.5"))

    answer = narrow.post(PATH, json=BODY)

    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["code"] == "scope_missing"


def test_receivers_of_the_other_world_are_not_there(
    api: ApiClient, made: Any, make_key: MakeKey
) -> None:
    invented = api.with_key(make_key(Scope.WEBHOOKS_MANAGE, is_demo=True))

    assert invented.get(f"{PATH}/{made['id']}").status_code == 404
    assert invented.post(f"{PATH}/{made['id']}/verify", json={}).status_code == 404


@pytest.mark.parametrize(
    "path",
    [f"{PATH}/whe_aaaaaaaaaaaaa", f"{PATH}/1/deliveries", "/deliveries/whd_", "/deliveries/1"],
)
def test_what_is_not_there(api: ApiClient, path: str) -> None:
    answer = api.get(path)

    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["code"] == "not_found"


def test_feed_goes_on_behind_a_place(api: ApiClient, session: Session) -> None:
    for revision in range(1, 4):
        say(session, revision)

    first = api.get("/events?limit=2").json
    assert first is not None
    second = api.get(f"/events?after={first['next_after']}").json

    assert second is not None
    revisions = [event["data"]["revision"] for event in first["data"] + second["data"]]
    assert revisions == [1, 2, 3]
    assert second["next_after"] is None
    assert [event["seq"] for event in second["data"]] == [3]


def test_feed_is_narrowed_by_type_world_and_indicator(
    api: ApiClient, make_key: MakeKey, session: Session
) -> None:
    say(session, 1)
    say(session, 2, type=EventType.SURVEY_OPENED)
    say(session, 3, is_demo=True)
    say(session, 4, indicator_code="PG3.3.5")

    def revisions(asker: ApiClient, query: str = "") -> list[int]:
        answer = asker.get(f"/events{query}").json
        assert answer is not None
        return [event["revision"] for event in (row["data"] for row in answer["data"])]

    narrow = api.with_key(make_key(Scope.EVENTS_READ, indicator_code="PG3.3.5"))
    invented = api.with_key(make_key(Scope.EVENTS_READ, is_demo=True))
    assert revisions(api) == [1, 2, 4]
    assert revisions(api, "?types=survey.opened,survey.closed") == [2]
    assert revisions(narrow) == [4]
    assert revisions(invented) == [3]


def test_place_that_is_kept_no_longer_is_refused(api: ApiClient, session: Session) -> None:
    say(session, 1)
    say(session, 2)
    session.delete(session.scalars(select(WebhookEvent).where(WebhookEvent.seq == 1)).one())
    session.commit()

    gone = api.get("/events?after=0")

    assert gone.status_code == 410
    assert gone.json is not None
    assert gone.json["code"] == "cursor_expired"
    assert api.get("/events?after=99").status_code == 410
    assert api.get("/events").status_code == 200


def test_event_types_are_told_in_the_callers_language(api: ApiClient) -> None:
    turkish = api.get("/event-types", headers={"Accept-Language": "tr"}).json
    english = api.get("/event-types", headers={"Accept-Language": "en"}).json

    assert turkish is not None
    assert english is not None
    assert [row["type"] for row in turkish["data"]] == [*EventType]
    assert turkish["data"][0]["description"] != english["data"][0]["description"]
    assert turkish["data"][0]["schema"]["properties"]["type"]
