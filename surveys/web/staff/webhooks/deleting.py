"""`/webhooks/<id>/delete`: the question before a receiver goes, and its answer."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from models import Role
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.webhooks.finding import ONE, PAGE, find_endpoint, note
from surveys.webhooks.endpoints import delete_endpoint

saying.register(webhook_deleted=N_("The receiver is deleted. Nothing goes there any more."))


def attach(blueprint: Blueprint) -> None:
    """Register the question and its answer."""
    blueprint.add_url_rule(f"{ONE}/delete", view_func=ask_about_webhook, methods=["GET"])
    blueprint.add_url_rule(f"{ONE}/delete", view_func=delete_webhook, methods=["POST"])


@staff_only(Role.ADMIN, recent=True)
def ask_about_webhook(endpoint_id: str) -> ResponseReturnValue:
    """Ask whether it may go."""
    endpoint = find_endpoint(reader(), endpoint_id)
    return render_template("staff/webhooks/delete.html", endpoint=endpoint, id=endpoint_id)


@staff_only(Role.ADMIN, recent=True)
def delete_webhook(endpoint_id: str) -> ResponseReturnValue:
    """Delete it."""
    with transaction() as session:
        endpoint = find_endpoint(session, endpoint_id, for_update=True)
        delete_endpoint(session, endpoint=endpoint, now=toolbox().clock.now())
        note(session, "webhook.delete", endpoint)
    return saying.go(PAGE, "webhook_deleted")
