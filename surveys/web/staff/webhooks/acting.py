"""What the buttons of one receiver do: verify, test, pause, go on, a new secret."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import Role, WebhookEndpoint
from surveys.errors import N_
from surveys.extensions import toolbox, transaction
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.webhooks.adding import show_secret
from surveys.web.staff.webhooks.finding import ONE, PAGE, find_endpoint, note
from surveys.webhooks.endpoint_secrets import rotate_secret
from surveys.webhooks.endpoint_states import (
    pause_endpoint,
    resume_endpoint,
    send_test,
    verify_endpoint,
)

Act = Callable[[Session, WebhookEndpoint, datetime], object]


def _verify(session: Session, endpoint: WebhookEndpoint, now: datetime) -> None:
    verify_endpoint(session, endpoint=endpoint, now=now)


def _test(session: Session, endpoint: WebhookEndpoint, now: datetime) -> None:
    send_test(session, endpoint=endpoint, now=now)


def _pause(session: Session, endpoint: WebhookEndpoint, now: datetime) -> None:
    pause_endpoint(session, endpoint=endpoint, now=now)


def _resume(session: Session, endpoint: WebhookEndpoint, now: datetime) -> None:
    resume_endpoint(session, endpoint=endpoint, now=now)


# What a button is called in addresses, as in the command line; the audit trail has `webhook.` too.
ACTS: dict[str, Act] = {"verify": _verify, "test": _test, "pause": _pause, "resume": _resume}

saying.register(
    webhook_verify=N_("A challenge is on its way. Reload this page in a moment to see the answer."),
    webhook_test=N_(
        "A test is on its way. Reload this page in a moment to see whether it arrived."
    ),
    webhook_pause=N_("Nothing is sent to this receiver until you let it go on."),
    webhook_resume=N_("This receiver is told again."),
)


def attach(blueprint: Blueprint) -> None:
    """Register the buttons."""
    blueprint.add_url_rule(f"{ONE}/rotate", view_func=rotate_webhook_secret, methods=["POST"])
    blueprint.add_url_rule(f"{ONE}/<act>", view_func=act_on_webhook, methods=["POST"])


@staff_only(Role.ADMIN, recent=True)
def act_on_webhook(endpoint_id: str, act: str) -> ResponseReturnValue:
    """Do one of `ACTS`."""
    if act not in ACTS:
        abort(404)
    with transaction() as session:
        endpoint = find_endpoint(session, endpoint_id, for_update=True)
        ACTS[act](session, endpoint, toolbox().clock.now())
        note(session, f"webhook.{act}", endpoint)
    return saying.go(f"{PAGE}/{endpoint_id}", f"webhook_{act}")


@staff_only(Role.ADMIN, recent=True)
def rotate_webhook_secret(endpoint_id: str) -> ResponseReturnValue:
    """Make a new secret and show it once; the old one signs as well for the chosen hours."""
    hours = request.form.get("hours", type=int)
    if hours is None:
        abort(400)
    tools = toolbox()
    with transaction() as session:
        endpoint = find_endpoint(session, endpoint_id, for_update=True)
        secret = rotate_secret(
            session,
            endpoint=endpoint,
            keys=tools.keys.data,
            now=tools.clock.now(),
            overlap=timedelta(hours=hours),
        )
        note(session, "webhook.rotate", endpoint, hours=hours)
        name = endpoint.name
    return show_secret(endpoint_id, name, secret=secret, is_new=False)
