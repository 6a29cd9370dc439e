"""Receivers of other systems, for admins: adding, verifying, changing, what became of events."""

from flask import Blueprint

from surveys.web.staff.webhooks import (
    acting,
    adding,
    deleting,
    delivery_page,
    editing,
    listing,
    recovering,
    showing,
)


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    for page in (listing, adding, editing, deleting, showing, acting, delivery_page, recovering):
        page.attach(blueprint)
