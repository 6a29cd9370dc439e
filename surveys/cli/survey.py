"""`flask survey …`: the group that the commands about one survey hang on."""

import click


@click.group()
def survey() -> None:
    """Load, check, launch, pause, resume and close surveys."""
