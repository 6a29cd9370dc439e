"""`/webhooks`: which systems are told, and how each fares."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from models import Role
from surveys.extensions import reader
from surveys.web.access import staff_only
from surveys.web.staff.webhooks.finding import PAGE
from surveys.web.staff.webhooks.words import tell_state
from surveys.webhooks.endpoints import list_endpoints


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule(PAGE, view_func=show_webhooks, methods=["GET"])


@staff_only(Role.ADMIN)
def show_webhooks() -> ResponseReturnValue:
    """Show all receivers."""
    endpoints = list_endpoints(reader())
    return render_template(
        "staff/webhooks/list.html",
        rows=[(endpoint, tell_state(endpoint)) for endpoint in endpoints],
    )
