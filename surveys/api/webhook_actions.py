"""What a receiver can be asked for: test, verify, a new secret, and what failed once more."""

from datetime import timedelta
from typing import Any

from flask import Response

from surveys.api.access import needs
from surveys.api.answers import json_answer
from surveys.api.blueprints import Blueprint
from surveys.api.deliveries import EXAMPLE as DELIVERY
from surveys.api.deliveries import DeliverySchema, delivery_document
from surveys.api.endpoint_faults import faults_in_place
from surveys.api.endpoint_schemas import (
    SECRET_EXAMPLE,
    EndpointWithSecretSchema,
    RecoveredSchema,
    RecoverySchema,
    RotationSchema,
    endpoint_document,
)
from surveys.api.idempotency import idempotent, keep_answer
from surveys.api.managing import note_change
from surveys.api.preconditions import validators
from surveys.api.queries import EmptyBody
from surveys.api.webhook_endpoints import ENDPOINT_ID, PATH, find_endpoint, tag_of
from surveys.api_keys.scopes import Scope
from surveys.extensions import toolbox, transaction
from surveys.webhooks.deliveries import recover_failed
from surveys.webhooks.endpoint_secrets import rotate_secret
from surveys.webhooks.endpoint_states import send_test, verify_endpoint

blueprint = Blueprint("webhook-actions", description="What a receiver can be asked for")


@blueprint.route(f"{PATH}/test", methods=["POST"], parameters=[ENDPOINT_ID])
@needs(Scope.WEBHOOKS_MANAGE)
@idempotent
@blueprint.arguments(EmptyBody, example={})
@blueprint.response(202, DeliverySchema, example={**DELIVERY, "type": "endpoint.test"})
@blueprint.refuses(409)
def send_webhook_test(_body: dict[str, Any], endpoint_id: str) -> Response:
    """Send a receiver an `endpoint.test`, tried once within seconds."""
    return _queue(endpoint_id, "webhook.test")


@blueprint.route(f"{PATH}/verify", methods=["POST"], parameters=[ENDPOINT_ID])
@needs(Scope.WEBHOOKS_MANAGE)
@idempotent
@blueprint.arguments(EmptyBody, example={})
@blueprint.response(202, DeliverySchema, example={**DELIVERY, "type": "endpoint.verification"})
@blueprint.refuses(409)
def verify_webhook_endpoint(_body: dict[str, Any], endpoint_id: str) -> Response:
    """Send a receiver a challenge, within seconds.

    It becomes `active` when it answers 2xx with `{"challenge": …}`, the same that it was sent.
    """
    return _queue(endpoint_id, "webhook.verify")


@blueprint.route(f"{PATH}/rotate-secret", methods=["POST"], parameters=[ENDPOINT_ID])
@needs(Scope.WEBHOOKS_MANAGE)
@idempotent
@blueprint.arguments(RotationSchema, example={"overlap_hours": 24})
@blueprint.response(200, EndpointWithSecretSchema, example=SECRET_EXAMPLE)
def rotate_webhook_secret(body: dict[str, Any], endpoint_id: str) -> Response:
    """Give a receiver a new secret; both sign until the overlap is over."""
    tools = toolbox()
    now, hours = tools.clock.now(), body["overlap_hours"]
    with faults_in_place(), transaction() as session:
        endpoint = find_endpoint(session, endpoint_id, for_update=True)
        secret = rotate_secret(
            session,
            endpoint=endpoint,
            keys=tools.keys.data,
            now=now,
            overlap=timedelta(hours=hours),
        )
        note_change(session, endpoint, "webhook.rotate", now=now, hours=hours)
        document = {**endpoint_document(endpoint), "secret": secret}
        headers = {**validators(tag_of(endpoint)), "Cache-Control": "no-store"}
        return keep_answer(session, json_answer(document, headers=headers))


@blueprint.route(f"{PATH}/recover", methods=["POST"], parameters=[ENDPOINT_ID])
@needs(Scope.WEBHOOKS_MANAGE)
@idempotent
@blueprint.arguments(RecoverySchema, example={"since": "2026-11-20T00:00:00Z"})
@blueprint.response(202, RecoveredSchema, example={"recovered": 3})
@blueprint.refuses(409)
def recover_webhook_endpoint(body: dict[str, Any], endpoint_id: str) -> Response:
    """Send what failed since a moment again, each event with its old id."""
    now = toolbox().clock.now()
    with transaction() as session:
        endpoint = find_endpoint(session, endpoint_id, for_update=True)
        count = recover_failed(session, endpoint=endpoint, since=body["since"], now=now)
        note_change(session, endpoint, "webhook.recover", now=now, messages=count)
        return keep_answer(session, json_answer({"recovered": count}, 202))


def _queue(endpoint_id: str, action: str) -> Response:
    act = verify_endpoint if action == "webhook.verify" else send_test
    now = toolbox().clock.now()
    with transaction() as session:
        endpoint = find_endpoint(session, endpoint_id, for_update=True)
        delivery = act(session, endpoint=endpoint, now=now)
        note_change(session, endpoint, action, now=now)
        document = delivery_document(delivery, attempts=())
        return keep_answer(session, json_answer(document, 202))
