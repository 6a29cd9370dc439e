"""`/webhooks/<id>/edit`: another name, address, choice of events or owner."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import Role
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.webhooks.finding import ONE, PAGE, find_endpoint, note
from surveys.web.staff.webhooks.form import (
    Form,
    list_payloads,
    list_types,
    read_draft,
    show_stored,
    show_typed,
)
from surveys.webhooks.egress import BlockedTarget, read_policy
from surveys.webhooks.endpoints import check_version, edit_endpoint
from surveys.webhooks.refusals import EndpointFault, EndpointMoved

saying.register(
    webhook_saved=N_("The receiver is saved."),
    webhook_moved=N_(
        "The receiver is saved. The address is new, so we have sent a challenge there; until it is"
        " answered, nothing else goes out."
    ),
)


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule(f"{ONE}/edit", view_func=show_webhook_form, methods=["GET"])
    blueprint.add_url_rule(f"{ONE}/edit", view_func=save_webhook, methods=["POST"])


@staff_only(Role.ADMIN, recent=True)
def show_webhook_form(endpoint_id: str) -> ResponseReturnValue:
    """Show what stands."""
    return _render(endpoint_id, show_stored(find_endpoint(reader(), endpoint_id)))


@staff_only(Role.ADMIN, recent=True)
def save_webhook(endpoint_id: str) -> ResponseReturnValue:
    """Keep what was typed, unless somebody else changed the receiver since the form was opened."""
    try:
        with transaction() as session:
            changed = _save(session, endpoint_id)
    except (EndpointFault, BlockedTarget) as refusal:
        return _render(endpoint_id, show_typed(refusal)), refusal.status
    except EndpointMoved as refusal:
        return _render(endpoint_id, show_typed(refusal)), 409
    return saying.go(
        f"{PAGE}/{endpoint_id}", "webhook_moved" if "url" in changed else "webhook_saved"
    )


def _save(session: Session, endpoint_id: str) -> list[str]:
    tools = toolbox()
    endpoint = find_endpoint(session, endpoint_id, for_update=True)
    check_version(endpoint, show_typed().version)
    changed = edit_endpoint(
        session,
        endpoint=endpoint,
        draft=read_draft(),
        policy=read_policy(tools.settings),
        now=tools.clock.now(),
    )
    if changed:
        note(session, "webhook.edit", endpoint, fields=", ".join(changed))
    return changed


def _render(endpoint_id: str, form: Form) -> str:
    return render_template(
        "staff/webhooks/form.html",
        form=form,
        types=list_types(),
        payloads=list_payloads(),
        endpoint_id=endpoint_id,
        name=find_endpoint(reader(), endpoint_id).name,
    )
