"""`/webhooks/<id>/recover`: what failed since a time is sent again, after an outage."""

from datetime import datetime

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from models import Role
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.webhooks.finding import ONE, PAGE, find_endpoint, note
from surveys.web.staff.webhooks.showing import render_webhook
from surveys.web.words import gettext
from surveys.webhooks.deliveries import recover_failed

saying.register(
    webhook_recovered=N_("What failed since then is on its way again."),
    webhook_nothing_failed=N_("Nothing has failed since then, so nothing is sent again."),
)


def attach(blueprint: Blueprint) -> None:
    """Register the form."""
    blueprint.add_url_rule(f"{ONE}/recover", view_func=recover_since, methods=["POST"])


@staff_only(Role.ADMIN, recent=True)
def recover_since(endpoint_id: str) -> ResponseReturnValue:
    """Send again what failed at or after the local time that was typed."""
    typed = request.form.get("since", "")
    since = _read_time(typed)
    if since is None:
        endpoint = find_endpoint(reader(), endpoint_id)
        fault = gettext("Write day and time like 2026-11-23 09:00.")
        return render_webhook(endpoint, endpoint_id, fault=fault, typed=typed), 422
    with transaction() as session:
        endpoint = find_endpoint(session, endpoint_id, for_update=True)
        now = toolbox().clock.now()
        count = recover_failed(session, endpoint=endpoint, since=since, now=now)
        note(session, "webhook.recover", endpoint, messages=count)
    said = "webhook_recovered" if count else "webhook_nothing_failed"
    return saying.go(f"{PAGE}/{endpoint_id}", said)


def _read_time(text: str) -> datetime | None:
    """Return a local time as the browser's field or a hand writes it."""
    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    zone = toolbox().settings.zone
    return local.replace(tzinfo=zone) if local.tzinfo is None else None
