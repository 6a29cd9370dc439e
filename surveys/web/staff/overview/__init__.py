"""Where staff stand: the indicator, its curve, the funnel, what to do next."""

from flask import Blueprint

from surveys.web.staff.overview import page


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    page.attach(blueprint)
