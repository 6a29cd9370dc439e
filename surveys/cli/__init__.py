"""`flask …` commands, each: parse → transaction → room → print.

The modules of a group hang their commands on it when they are imported.
"""

from flask import Flask

from surveys.cli import (
    roster_person,
    survey_export,
    survey_load,
    survey_run,
    webhook_listen,
    webhook_manage,
    webhook_send,
)
from surveys.cli.apikey import apikey
from surveys.cli.bounce import bounce
from surveys.cli.doctor import doctor
from surveys.cli.indicator import indicator
from surveys.cli.outbox import outbox
from surveys.cli.rates import rates
from surveys.cli.roster import roster
from surveys.cli.sending import job, scheduler, send
from surveys.cli.staff import staff
from surveys.cli.survey import survey
from surveys.cli.webhook import webhook

__all__ = [
    "attach",
    "roster_person",
    "survey_export",
    "survey_load",
    "survey_run",
    "webhook_listen",
    "webhook_manage",
    "webhook_send",
]

COMMANDS = (
    roster,
    survey,
    scheduler,
    job,
    send,
    outbox,
    bounce,
    doctor,
    rates,
    indicator,
    staff,
    webhook,
    apikey,
)


def attach(app: Flask) -> None:
    """Register the commands."""
    for command in COMMANDS:
        app.cli.add_command(command)
