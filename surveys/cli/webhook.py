"""`flask webhook …`: receivers of events, and a local one for trying out."""

from datetime import datetime
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from models import WebhookEndpoint
from surveys.audit import record
from surveys.webhooks.endpoints import get_endpoint
from surveys.webhooks.wire_ids import Prefix, read_id, write_id


@click.group(cls=AppGroup)
def webhook() -> None:
    """Set up receivers of events, and listen for events on this machine."""


def find_receiver(session: Session, endpoint_id: str) -> WebhookEndpoint:
    """Return the receiver with this id, locked. Raises EndpointNotFound."""
    public_id = read_id(Prefix.ENDPOINT, endpoint_id)
    return get_endpoint(session, public_id=public_id, for_update=True)


def note_change(
    session: Session, endpoint: WebhookEndpoint, action: str, now: datetime, **details: Any
) -> None:
    """Record what was done to a receiver from the terminal."""
    subject = f"webhook:{write_id(Prefix.ENDPOINT, endpoint.public_id)}"
    record(session, actor="cli", action=action, subject=subject, now=now, **details)
