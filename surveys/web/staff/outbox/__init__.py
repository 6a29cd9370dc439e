"""The mails: what waits, what went, what did not and why, and what staff decide about it."""

from flask import Blueprint

from surveys.web.staff.outbox import brake, deciding, listing, page


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    for module in (page, brake, listing, deciding):
        module.attach(blueprint)
