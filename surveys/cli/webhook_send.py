"""`flask webhook verify|test|replay|recover`: something is sent, and told what came of it."""

from collections.abc import Callable
from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from models import WebhookDelivery
from surveys.cli.output import emit, json_option, refusals, say
from surveys.cli.webhook import find_receiver, note_change, webhook
from surveys.cli.webhook_words import delivery_result, tell_delivery
from surveys.errors import N_
from surveys.extensions import application, reader, toolbox, transaction
from surveys.jobs.courier import deliver_due
from surveys.webhooks.deliveries import (
    get_delivery,
    list_attempts,
    recover_failed,
    replay_delivery,
)
from surveys.webhooks.endpoint_states import send_test, verify_endpoint
from surveys.webhooks.wire_ids import Prefix, read_id

Queue = Callable[[Session, datetime], WebhookDelivery]


@webhook.command("verify")
@click.argument("endpoint_id")
@json_option
def verify(endpoint_id: str, *, as_json: bool) -> None:
    """Send the receiver a challenge now; it becomes active when it answers with it."""

    def queue(session: Session, now: datetime) -> WebhookDelivery:
        endpoint = find_receiver(session, endpoint_id)
        note_change(session, endpoint, "webhook.verify", now)
        return verify_endpoint(session, endpoint=endpoint, now=now)

    _deliver(queue, as_json=as_json)


@webhook.command("test")
@click.argument("endpoint_id")
@json_option
def send(endpoint_id: str, *, as_json: bool) -> None:
    """Send the receiver a test now, and print what it answered."""

    def queue(session: Session, now: datetime) -> WebhookDelivery:
        endpoint = find_receiver(session, endpoint_id)
        note_change(session, endpoint, "webhook.test", now)
        return send_test(session, endpoint=endpoint, now=now)

    _deliver(queue, as_json=as_json)


@webhook.command("replay")
@click.argument("delivery_id")
@json_option
def replay(delivery_id: str, *, as_json: bool) -> None:
    """Send one delivery again now, with its old event's id."""

    def queue(session: Session, now: datetime) -> WebhookDelivery:
        asked = get_delivery(session, public_id=read_id(Prefix.DELIVERY, delivery_id))
        note_change(session, asked.endpoint, "webhook.replay", now)
        return replay_delivery(session, delivery=asked, now=now)

    _deliver(queue, as_json=as_json)


@webhook.command("recover")
@click.argument("endpoint_id")
@click.option(
    "--since",
    required=True,
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]),
    help="From when on, by the service's own clock and zone.",
)
@json_option
def recover(endpoint_id: str, *, since: datetime, as_json: bool) -> None:
    """Send what failed since a moment again; the scheduler brings it within seconds."""
    tools = toolbox()
    now, moment = tools.clock.now(), since.replace(tzinfo=tools.settings.zone).astimezone(UTC)
    with refusals(as_json=as_json), transaction() as session:
        endpoint = find_receiver(session, endpoint_id)
        count = recover_failed(session, endpoint=endpoint, since=moment, now=now)
        note_change(session, endpoint, "webhook.recover", now, messages=count)
    line = say(N_("Sent again: %(count)s."), count=count)
    emit({"recovered": count}, [line], as_json=as_json)


def _deliver(queue: Queue, *, as_json: bool) -> None:
    """Queue a delivery, bring what is due, and print what became of this one."""
    now = toolbox().clock.now()
    with refusals(as_json=as_json):
        with transaction() as session:
            public_id = queue(session, now).public_id
        deliver_due(application())
        session = reader()
        delivery = get_delivery(session, public_id=public_id)
        attempts = list_attempts(session, delivery_ids=[delivery.id])[delivery.id]
    result = delivery_result(delivery, attempts)
    emit(result, tell_delivery(delivery, attempts), as_json=as_json)
