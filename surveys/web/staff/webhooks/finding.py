"""Finding a receiver for a page, in whichever world it stands, and writing down what was done."""

from sqlalchemy.orm import Session

from models import WebhookEndpoint
from surveys.audit import record
from surveys.extensions import toolbox
from surveys.web.staff.account.entering import get_signed_in
from surveys.webhooks.endpoints import get_endpoint
from surveys.webhooks.wire_ids import Prefix, read_id, write_id

PAGE = "/webhooks"
ONE = f"{PAGE}/<endpoint_id>"


def find_endpoint(
    session: Session, endpoint_id: str, *, for_update: bool = False
) -> WebhookEndpoint:
    """Return the receiver whose id stands in the address. Raises EndpointNotFound."""
    public_id = read_id(Prefix.ENDPOINT, endpoint_id)
    return get_endpoint(session, public_id=public_id, for_update=for_update)


def name_endpoint(endpoint: WebhookEndpoint) -> str:
    """Return the id of a receiver as it stands in addresses and documents."""
    return write_id(Prefix.ENDPOINT, endpoint.public_id)


def acting() -> str:
    """Return who is signed in, as the audit trail names them."""
    return f"staff:{get_signed_in().staff_id}"


def note(session: Session, action: str, endpoint: WebhookEndpoint, **details: object) -> None:
    """Add to the audit trail what the signed-in person did with a receiver."""
    subject, now = f"webhook:{name_endpoint(endpoint)}", toolbox().clock.now()
    record(session, actor=acting(), action=action, subject=subject, now=now, **details)
