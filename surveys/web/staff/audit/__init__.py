"""Who did what when, for admins."""

from flask import Blueprint

from surveys.web.staff.audit import page


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    page.attach(blueprint)
