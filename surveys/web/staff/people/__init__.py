"""Who works here, for admins: adding people, roles, new links, shutting out."""

from flask import Blueprint

from surveys.web.staff.people import acting, adding, listing


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    for page in (listing, adding, acting):
        page.attach(blueprint)
