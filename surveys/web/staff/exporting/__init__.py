"""Files that staff take away: the answers of a survey, and the list of people to call."""

from flask import Blueprint

from surveys.web.staff.exporting import answers, calls


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    for page in (answers, calls):
        page.attach(blueprint)
