"""Receivers of events: made, read, changed and deleted by the systems that listen."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from models import EndpointStatus, WebhookEndpoint
from surveys.api.access import needs
from surveys.api.answers import json_answer
from surveys.api.blueprints import Blueprint, path_parameter
from surveys.api.endpoint_faults import faults_in_place
from surveys.api.endpoint_schemas import (
    EXAMPLE,
    NEW_EXAMPLE,
    SECRET_EXAMPLE,
    EndpointChangeSchema,
    EndpointPageSchema,
    EndpointSchema,
    EndpointWithSecretSchema,
    NewEndpointSchema,
    endpoint_document,
)
from surveys.api.idempotency import idempotent, keep_answer
from surveys.api.managing import managing_caller, note_change
from surveys.api.paging import PageQuery, decode_cursor, page
from surveys.api.preconditions import answer_unchanged, require_match, rests_on_state, validators
from surveys.api.queries import NoParameters
from surveys.api_keys.scopes import Scope
from surveys.extensions import reader, toolbox, transaction
from surveys.webhooks.addresses import EgressPolicy, read_policy
from surveys.webhooks.endpoint_states import pause_endpoint, resume_endpoint
from surveys.webhooks.endpoints import (
    EndpointDraft,
    Maker,
    create_endpoint,
    delete_endpoint,
    edit_endpoint,
    get_endpoint,
    list_endpoints,
)
from surveys.webhooks.wire_ids import Prefix, read_id

blueprint = Blueprint("webhook-endpoints", description="Receivers of events")

ENDPOINT_ID = path_parameter(
    "endpoint_id",
    description="The id of a receiver.",
    example="whe_2il5jwwmoi7jm",
    pattern="^whe_[a-z2-7]{13}$",
)
PATH = "/webhook-endpoints/<string:endpoint_id>"


@blueprint.route("/webhook-endpoints")
@needs(Scope.WEBHOOKS_MANAGE)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, EndpointPageSchema, example={"data": [EXAMPLE], "next_cursor": None})
def list_webhook_endpoints(query: dict[str, Any]) -> Response:
    """List receivers, the oldest first."""
    caller, cursor, limit = managing_caller(), query["cursor"], query["limit"]
    filters = {"list": "webhook-endpoints", "key": caller.public_id}
    after = decode_cursor(toolbox().keys, cursor, filters)[0] if cursor else 0
    rows = list_endpoints(reader(), is_demo=caller.is_demo, after_id=after, limit=limit + 1)
    found = page(rows, limit=limit, place=lambda row: [row.id], filters=filters)
    data = [endpoint_document(row) for row in found.rows]
    return json_answer({"data": data, "next_cursor": found.next_cursor}, headers=found.links())


@blueprint.route("/webhook-endpoints", methods=["POST"])
@needs(Scope.WEBHOOKS_MANAGE)
@idempotent
@blueprint.arguments(NewEndpointSchema, example=NEW_EXAMPLE)
@blueprint.response(201, EndpointWithSecretSchema, example=SECRET_EXAMPLE)
@blueprint.refuses(409)
def create_webhook_endpoint(body: dict[str, Any]) -> Response:
    """Make a receiver.

    It is `pending` and gets nothing yet: keep `secret`, which is told this once, then `verify`.
    """
    caller, tools = managing_caller(), toolbox()
    now = tools.clock.now()
    with faults_in_place(), transaction() as session:
        endpoint, secret = create_endpoint(
            session,
            draft=EndpointDraft(**_as_draft(body)),
            maker=Maker(caller.actor, is_demo=caller.is_demo),
            policy=_policy(),
            keys=tools.keys.data,
            now=now,
        )
        note_change(session, endpoint, "webhook.add", now=now, name=endpoint.name)
        answer = _told(endpoint, status=201, secret=secret)
        return keep_answer(session, answer)


@blueprint.route(PATH, parameters=[ENDPOINT_ID])
@needs(Scope.WEBHOOKS_MANAGE)
@blueprint.arguments(NoParameters, location="query")
@blueprint.response(200, EndpointSchema, example=EXAMPLE)
@blueprint.alt_response(304, description="Unchanged since the ETag in If-None-Match.")
def show_webhook_endpoint(_query: dict[str, Any], endpoint_id: str) -> Response:
    """Show one receiver. Its ETag is what a change names in If-Match."""
    endpoint = find_endpoint(reader(), endpoint_id)
    return answer_unchanged(tag_of(endpoint)) or _told(endpoint)


@blueprint.route(PATH, methods=["PATCH"], parameters=[ENDPOINT_ID])
@needs(Scope.WEBHOOKS_MANAGE)
@rests_on_state
@blueprint.arguments(EndpointChangeSchema, example={"status": "paused"})
@blueprint.response(200, EndpointSchema, example={**EXAMPLE, "status": "paused"})
@blueprint.refuses(409)
def change_webhook_endpoint(body: dict[str, Any], endpoint_id: str) -> Response:
    """Change a receiver. A new `url` is sent a challenge and is `pending` until it answers."""
    status = body.pop("status", None)
    with faults_in_place(), transaction() as session:
        endpoint = find_endpoint(session, endpoint_id, for_update=True)
        require_match(tag_of(endpoint))
        # A pause must stay possible when the operator has closed the address meanwhile.
        if body:
            _edit(session, endpoint, body)
        if status is not None:
            _set_status(session, endpoint, status)
        return _told(endpoint)


@blueprint.route(PATH, methods=["DELETE"], parameters=[ENDPOINT_ID])
@needs(Scope.WEBHOOKS_MANAGE)
@rests_on_state
@blueprint.arguments(NoParameters, location="query")
@blueprint.response(204)
def delete_webhook_endpoint(_query: dict[str, Any], endpoint_id: str) -> Response:
    """Delete a receiver; what was on its way is cancelled."""
    now = toolbox().clock.now()
    with transaction() as session:
        endpoint = find_endpoint(session, endpoint_id, for_update=True)
        require_match(tag_of(endpoint))
        delete_endpoint(session, endpoint=endpoint, now=now)
        note_change(session, endpoint, "webhook.delete", now=now)
    return Response(status=204)


def find_endpoint(
    session: Session, endpoint_id: str, *, for_update: bool = False
) -> WebhookEndpoint:
    """Return the receiver that an address names. Raises EndpointNotFound."""
    return get_endpoint(
        session,
        public_id=read_id(Prefix.ENDPOINT, endpoint_id),
        is_demo=managing_caller().is_demo,
        for_update=for_update,
    )


def tag_of(endpoint: WebhookEndpoint) -> str:
    """Return the ETag of a receiver, without its quotes."""
    return f"whe-{endpoint.version}"


def _told(endpoint: WebhookEndpoint, *, status: int = 200, secret: str | None = None) -> Response:
    document = endpoint_document(endpoint)
    headers = validators(tag_of(endpoint))
    if secret is not None:
        document = {**document, "secret": secret}
        headers["Cache-Control"] = "no-store"
        headers["Location"] = f"/api/v1/webhook-endpoints/{document['id']}"
    return json_answer(document, status, headers=headers)


def _edit(session: Session, endpoint: WebhookEndpoint, body: dict[str, Any]) -> None:
    now = toolbox().clock.now()
    wanted = {name: getattr(endpoint, name) for name in NEW_EXAMPLE} | body
    draft = EndpointDraft(**_as_draft(wanted))
    changed = edit_endpoint(session, endpoint=endpoint, draft=draft, policy=_policy(), now=now)
    if changed:
        note_change(session, endpoint, "webhook.edit", now=now, fields=changed)


def _as_draft(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "event_types": tuple(body["event_types"])}


def _policy() -> EgressPolicy:
    return read_policy(toolbox().settings)


def _set_status(session: Session, endpoint: WebhookEndpoint, status: str) -> None:
    now = toolbox().clock.now()
    is_pause = status == EndpointStatus.PAUSED
    change = pause_endpoint if is_pause else resume_endpoint
    if change(session, endpoint=endpoint, now=now):
        note_change(session, endpoint, f"webhook.{'pause' if is_pause else 'resume'}", now=now)
