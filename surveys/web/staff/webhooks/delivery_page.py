"""`/webhooks/<id>/deliveries/<id>`: one message, each try, what was sent, and sending it again."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import DeliveryState, Role, WebhookDelivery, WebhookEndpoint
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.webhooks.attempts import list_tries
from surveys.web.staff.webhooks.finding import ONE, PAGE, find_endpoint, note
from surveys.web.staff.webhooks.sample import show_request
from surveys.web.staff.webhooks.words import DELIVERY_WORDS, TYPE_WORDS, tell_state
from surveys.webhooks.deliveries import DeliveryNotFound, get_delivery, replay_delivery
from surveys.webhooks.wire_ids import Prefix, read_id, write_id

RULE = f"{ONE}/deliveries/<delivery_id>"

saying.register(
    webhook_replayed=N_("It is on its way again. Reload this page in a moment to see the answer."),
)


def attach(blueprint: Blueprint) -> None:
    """Register the page and its button."""
    blueprint.add_url_rule(RULE, view_func=show_delivery, methods=["GET"])
    blueprint.add_url_rule(f"{RULE}/replay", view_func=replay, methods=["POST"])


@staff_only(Role.ADMIN)
def show_delivery(endpoint_id: str, delivery_id: str) -> ResponseReturnValue:
    """Show one message."""
    session = reader()
    endpoint = find_endpoint(session, endpoint_id)
    delivery = _find(session, endpoint, delivery_id)
    tries = list_tries(session, delivery)
    return render_template(
        "staff/webhooks/delivery.html",
        endpoint=endpoint,
        id=endpoint_id,
        delivery=delivery,
        delivery_id=delivery_id,
        state=tell_state(endpoint),
        tries=tries,
        sent=show_request(delivery, tried_at=tries[-1].at if tries else None),
        type_words=TYPE_WORDS,
        delivery_words=DELIVERY_WORDS,
        DeliveryState=DeliveryState,
    )


@staff_only(Role.ADMIN, recent=True)
def replay(endpoint_id: str, delivery_id: str) -> ResponseReturnValue:
    """Send one message again, or in its place the newer one that says all that it said."""
    with transaction() as session:
        endpoint = find_endpoint(session, endpoint_id, for_update=True)
        delivery = _find(session, endpoint, delivery_id)
        sent = replay_delivery(session, delivery=delivery, now=toolbox().clock.now())
        note(session, "webhook.replay", endpoint)
        path = f"{PAGE}/{endpoint_id}/deliveries/{write_id(Prefix.DELIVERY, sent.public_id)}"
    return saying.go(path, "webhook_replayed")


def _find(session: Session, endpoint: WebhookEndpoint, delivery_id: str) -> WebhookDelivery:
    """Return a delivery of this very receiver."""
    delivery = get_delivery(session, public_id=read_id(Prefix.DELIVERY, delivery_id))
    if delivery.endpoint_id != endpoint.id:
        raise DeliveryNotFound
    return delivery
