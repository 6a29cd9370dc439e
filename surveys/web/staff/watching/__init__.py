"""Watching: a launched survey's page, its results, an indicator."""

from flask import Blueprint

from surveys.web.staff.watching import indicator_page, results_page, survey_page


def attach(blueprint: Blueprint) -> None:
    """Register the pages of this area."""
    for page in (survey_page, results_page, indicator_page):
        page.attach(blueprint)
