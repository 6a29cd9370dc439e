"""`flask webhook …`: receivers of events, and a local one for trying out."""

import click
from flask.cli import AppGroup


@click.group(cls=AppGroup)
def webhook() -> None:
    """Set up receivers of events, and listen for events on this machine."""
