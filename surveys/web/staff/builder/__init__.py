"""Where staff make surveys: the list, and the first of the four steps of a draft."""

from flask import Blueprint

from surveys.web.staff.builder import survey_list


def attach(blueprint: Blueprint) -> None:
    """Register the pages of this area."""
    for page in (survey_list,):
        page.attach(blueprint)
