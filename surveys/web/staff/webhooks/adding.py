"""`/webhooks/new`: another system to tell, and the secret that it checks our signature with."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import Role, WebhookEndpoint
from surveys.extensions import toolbox, transaction
from surveys.indicators.finding import HEADLINE, is_demo_only
from surveys.web.access import staff_only
from surveys.web.staff.account.entering import get_signed_in
from surveys.web.staff.webhooks.finding import PAGE, acting, name_endpoint, note
from surveys.web.staff.webhooks.form import Form, list_payloads, list_types, read_draft, show_typed
from surveys.webhooks.egress import BlockedTarget, read_policy
from surveys.webhooks.endpoints import Maker, create_endpoint
from surveys.webhooks.refusals import EndpointFault, TooManyEndpoints


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule(f"{PAGE}/new", view_func=show_new_webhook, methods=["GET"])
    blueprint.add_url_rule(f"{PAGE}/new", view_func=add_webhook, methods=["POST"])


@staff_only(Role.ADMIN, recent=True)
def show_new_webhook() -> ResponseReturnValue:
    """Ask where to, what for and who looks after it."""
    return _render(Form(owner_email=get_signed_in().email))


@staff_only(Role.ADMIN, recent=True)
def add_webhook() -> ResponseReturnValue:
    """Add the receiver and show its secret once."""
    try:
        with transaction() as session:
            endpoint, secret = _add(session)
            shown = (name_endpoint(endpoint), endpoint.name)
    except (EndpointFault, BlockedTarget, TooManyEndpoints) as refusal:
        return _render(show_typed(refusal)), refusal.status
    return show_secret(*shown, secret=secret, is_new=True)


def show_secret(endpoint_id: str, name: str, *, secret: str, is_new: bool) -> str:
    """Return the page that shows a secret once: it stands in no address, so nothing redirects."""
    return render_template(
        "staff/webhooks/secret.html", id=endpoint_id, name=name, secret=secret, is_new=is_new
    )


def _add(session: Session) -> tuple[WebhookEndpoint, str]:
    tools, now = toolbox(), toolbox().clock.now()
    endpoint, secret = create_endpoint(
        session,
        draft=read_draft(),
        maker=Maker(acting(), is_demo=is_demo_only(session, code=HEADLINE)),
        policy=read_policy(tools.settings),
        keys=tools.keys.data,
        now=now,
    )
    note(session, "webhook.add", endpoint)
    return endpoint, secret


def _render(form: Form) -> str:
    return render_template(
        "staff/webhooks/form.html",
        form=form,
        types=list_types(),
        payloads=list_payloads(),
        endpoint_id=None,
    )
