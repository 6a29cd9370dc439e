"""The graduates: found, looked at one by one, and taken in from a spreadsheet."""

from flask import Blueprint

from surveys.web.staff.roster import import_pages, rejects_page, upload_pages


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    for page in (upload_pages, import_pages, rejects_page):
        page.attach(blueprint)
