"""Whom a survey asks, when it writes to them, its start: steps 2 to 4, and the plan afterwards."""

from flask import Blueprint

from surveys.web.staff.plan import audience_page, left_out_page


def attach(blueprint: Blueprint) -> None:
    """Register the pages of this area."""
    for page in (audience_page, left_out_page):
        page.attach(blueprint)
