"""What admins should do about receivers that take nothing."""

from sqlalchemy.orm import Session

from models import EndpointStatus, WebhookEndpoint
from surveys.errors import N_
from surveys.extensions import toolbox
from surveys.i18n import format_instant
from surveys.web.staff.overview.todos import Todo
from surveys.web.words import current_language
from surveys.webhooks.endpoints import list_endpoints
from surveys.webhooks.wire_ids import Prefix, write_id

FAILING = N_("Nothing has arrived at %(name)s since %(instant)s.")
SWITCHED_OFF = N_("%(name)s is switched off: it is told nothing any more.")
LOOK = N_("Look at the receiver")


def list_webhook_todos(session: Session) -> list[Todo]:
    """Return one thing to do for each receiver that fails, urgent where it was switched off."""
    found = [_tell(endpoint) for endpoint in list_endpoints(session)]
    return [todo for todo in found if todo is not None]


def _tell(endpoint: WebhookEndpoint) -> Todo | None:
    path = f"/webhooks/{write_id(Prefix.ENDPOINT, endpoint.public_id)}"
    if endpoint.status == EndpointStatus.DISABLED:
        return Todo(SWITCHED_OFF, path, LOOK, {"name": endpoint.name}, is_urgent=True)
    if endpoint.failing_since is None:
        return None
    zone = toolbox().settings.zone
    since = format_instant(endpoint.failing_since, current_language(), zone)
    return Todo(FAILING, path, LOOK, {"name": endpoint.name, "instant": since})
