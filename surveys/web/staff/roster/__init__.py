"""The graduates: found, looked at one by one, and taken in from a spreadsheet."""

from flask import Blueprint

from surveys.web.staff.roster import (
    data_page,
    import_pages,
    list_page,
    mail_posts,
    outcome_posts,
    person_page,
    rejects_page,
    suppression_page,
    upload_pages,
)

PAGES = (
    list_page,
    upload_pages,
    import_pages,
    rejects_page,
    suppression_page,
    person_page,
    outcome_posts,
    mail_posts,
    data_page,
)


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    for page in PAGES:
        page.attach(blueprint)
