"""The hook in: who signs gets the rates, and nobody else learns anything."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from standardwebhooks.webhooks import Webhook
from werkzeug.test import TestResponse

from models import ApiKeyKind, Survey, WebhookDelivery, WebhookEndpoint
from surveys.api_keys.making import make_key
from surveys.api_keys.wanted import Wanted
from surveys.extensions import toolbox
from surveys.webhooks.signing import sign
from tests.api.conftest import ApiClient
from tests.api.test_response_rates import path_of, survey
from tests.api.test_webhook_endpoints import BODY as ENDPOINT
from tests.api.test_webhook_endpoints import activate
from tests.conftest import NOW, SettableClock
from tests.factories import make_survey

__all__ = ["survey"]

PATH = "/hooks/response-rates"


class Caller:
    """Another system with a hook secret of ours."""

    def __init__(self, api: ApiClient, secret: str) -> None:
        self.api, self.secret = api.with_key(None), secret

    def ask(
        self,
        *,
        at: datetime = NOW,
        message_id: str = "msg_1",
        body: bytes | None = None,
        **data: Any,
    ) -> TestResponse:
        """Send a signed request; `body` is sent as it is, `data` narrows a usual one."""
        sent = (
            body
            or json.dumps(
                {
                    "type": "response_rates.requested",
                    "timestamp": "2026-11-23T09:00:00Z",
                    "data": data,
                }
            ).encode()
        )
        timestamp = int(at.timestamp())
        headers = {
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(self.secret, id=message_id, timestamp=timestamp, body=sent),
        }
        return self.send(sent, headers)

    def send(self, body: bytes, headers: dict[str, str]) -> TestResponse:
        return self.api.post(PATH, data=body, headers=headers, content_type="application/json")


@pytest.fixture
def caller(app: Flask, api: ApiClient, session: Session) -> Caller:
    return Caller(api, make_secret(app, session))


def make_secret(app: Flask, session: Session, **over: Any) -> str:
    with app.app_context():
        keys = toolbox().keys
    name = f"Portal {len(over)}"
    wanted = Wanted(name=name, kind=ApiKeyKind.HOOK, **over)
    _key, secret = make_key(
        session, wanted=wanted, actor="cli", now=NOW - timedelta(days=1), keys=keys
    )
    session.commit()
    return secret


def ids(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    return [rate["id"] for rate in answer.json["data"]]


def test_signed_request_gets_the_document_of_the_get(
    api: ApiClient, caller: Caller, survey: Survey
) -> None:
    answer = caller.ask(by="unit")

    shown = api.get(f"{path_of(survey)}?by=unit").json
    assert answer.json == {"data": [shown], "next_cursor": None}
    assert answer.headers["RateLimit"]


def test_request_is_narrowed(caller: Caller, survey: Survey) -> None:
    name = f"rr_{survey.public_id}"

    assert ids(caller.ask(indicator="PG3.3.5", year=2026)) == [name]
    assert ids(caller.ask(surveys=[f"srv_{survey.public_id}"])) == [name]
    assert ids(caller.ask(year=2025)) == []
    assert caller.ask(surveys=["srv_aaaaaaaaaaaaa"]).status_code == 404


def test_foreign_signer_of_the_reference_package_is_understood(
    app: Flask, api: ApiClient, session: Session, clock: SettableClock, survey: Survey
) -> None:
    caller = Caller(api, make_secret(app, session))
    body = json.dumps(
        {"type": "response_rates.requested", "timestamp": "2026-11-23T09:00:00Z", "data": {}}
    )
    signature = Webhook(caller.secret).sign("msg_9", clock.now().astimezone(UTC), body)

    answer = caller.send(
        body.encode(),
        {
            "webhook-id": "msg_9",
            "webhook-timestamp": str(int(clock.now().timestamp())),
            "webhook-signature": signature,
        },
    )

    assert ids(answer) == [f"rr_{survey.public_id}"]


def test_repeated_message_is_answered_again(caller: Caller, survey: Survey) -> None:
    first, second = caller.ask(), caller.ask()

    assert first.data == second.data
    assert survey


@pytest.mark.parametrize("off", [timedelta(seconds=301), timedelta(seconds=-301)])
def test_clock_more_than_five_minutes_off_is_refused(caller: Caller, off: timedelta) -> None:
    answer = caller.ask(at=NOW + off)

    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["code"] == "invalid_signature"


@pytest.mark.parametrize("off", [timedelta(minutes=5), timedelta(minutes=-5)])
def test_clock_five_minutes_off_is_taken(caller: Caller, off: timedelta) -> None:
    assert caller.ask(at=NOW + off).status_code == 200


def test_altered_foreign_and_missing_signatures_are_told_the_same(
    api: ApiClient, caller: Caller
) -> None:
    stranger = Caller(api, "whsec_" + "A" * 43 + "=")
    good = caller.ask()
    sent = {"webhook-id": "m", "webhook-timestamp": str(int(NOW.timestamp()))}
    answers = [
        stranger.ask(),
        caller.send(b"{}", {}),
        caller.send(b"{}", {**sent, "webhook-signature": "v1,AAAA"}),
        caller.send(
            b'{"type": "x"}',
            {**sent, "webhook-signature": sign(caller.secret, id="m", timestamp=1, body=b"{}")},
        ),
        caller.send(b"[" * 100_000, {**sent, "webhook-signature": "v1,AAAA"}),
    ]

    assert good.status_code == 200
    assert {answer.status_code for answer in answers} == {401}
    assert len({a.json["detail"] for a in answers if a.json}) == 1
    assert {a.json["code"] for a in answers if a.json} == {"invalid_signature"}


ANY_TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(message_id=ANY_TEXT, timestamp=ANY_TEXT, signature=ANY_TEXT)
def test_no_header_ends_in_a_fault_of_ours(
    caller: Caller, message_id: str, timestamp: str, signature: str
) -> None:
    answer = caller.send(
        b"{}",
        {
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": f"v1,{signature}",
        },
    )

    assert answer.status_code in (401, 429)


def test_ten_secrets_are_tried_and_the_match_names_the_caller(
    app: Flask, api: ApiClient, session: Session, survey: Survey
) -> None:
    make_survey(session, indicator_code="PG1.1.1", year=2026)
    session.commit()
    wide = Caller(api, make_secret(app, session))
    narrow = Caller(api, make_secret(app, session, indicator_code="PG3.3.5"))

    assert len(ids(wide.ask())) == 2
    assert ids(narrow.ask()) == [f"rr_{survey.public_id}"]


def test_secret_of_the_other_world_sees_nothing(
    app: Flask, api: ApiClient, session: Session, survey: Survey
) -> None:
    invented = Caller(api, make_secret(app, session, is_demo=True))

    assert ids(invented.ask()) == []
    assert invented.ask(surveys=[f"srv_{survey.public_id}"]).status_code == 404


def test_ended_secret_opens_nothing(caller: Caller, clock: SettableClock) -> None:
    clock.advance(timedelta(days=400))

    assert caller.ask(at=clock.now()).status_code == 401


def test_signed_body_is_checked_as_every_other(caller: Caller) -> None:
    unknown = caller.ask(questions=True)
    malformed = caller.ask(body=b"{")

    assert (unknown.status_code, malformed.status_code) == (422, 400)
    assert unknown.json is not None
    assert unknown.json["errors"][0]["pointer"] == "#/body/data/questions"


def test_rates_are_delivered_to_an_active_receiver(
    api: ApiClient, caller: Caller, survey: Survey, session: Session
) -> None:
    made = api.post("/webhook-endpoints", json=ENDPOINT).json
    assert made is not None
    early = caller.ask(deliver_to=made["id"])
    activate(session)

    sent = caller.ask(deliver_to=made["id"])
    again = caller.ask(deliver_to=made["id"])

    assert early.status_code == 409
    assert (sent.status_code, again.status_code) == (202, 202)
    deliveries = session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)).all()
    assert sent.json == {"deliveries": [f"whd_{deliveries[0].public_id}"]}
    assert deliveries[0].event.data["survey_id"] == f"srv_{survey.public_id}"
    assert not deliveries[0].event.is_in_feed
    assert [delivery.status for delivery in deliveries] == ["superseded", "pending"]


def test_a_paused_receiver_is_told_apart_from_one_that_never_agreed(
    api: ApiClient, caller: Caller, session: Session
) -> None:
    made = api.post("/webhook-endpoints", json=ENDPOINT).json
    assert made is not None
    never_agreed = caller.ask(deliver_to=made["id"])
    activate(session)
    session.execute(update(WebhookEndpoint).values(status="paused"))
    session.commit()

    paused = caller.ask(deliver_to=made["id"])

    assert (never_agreed.status_code, paused.status_code) == (409, 409)
    assert never_agreed.json is not None
    assert paused.json is not None
    assert "Önce doğrulayın" in never_agreed.json["detail"]
    assert "Önce sürdürün" in paused.json["detail"]


def test_plain_http_is_refused(api: ApiClient, caller: Caller) -> None:
    answer = api.with_key(None).post(PATH, data=b"{}", base_url="http://anket.example.edu.tr")

    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["code"] == "insecure_transport"
    assert caller
