"""The keys of other systems, for admins: made, rotated, revoked; a secret is shown once."""

from flask import Blueprint

from surveys.web.staff.api_keys import acting, adding, listing


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    for page in (listing, adding, acting):
        page.attach(blueprint)
