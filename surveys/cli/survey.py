"""`flask survey …`: the group that the commands about one survey hang on."""

import click
from flask.cli import AppGroup


@click.group(cls=AppGroup)
def survey() -> None:
    """Load, check, launch, pause, resume and close surveys."""
