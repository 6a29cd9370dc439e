"""Who works here and how they sign in: accounts, passwords, one-time links, sign-ins."""

from flask import Blueprint

from surveys.web.staff.account import link_pages, login_pages, signing_in


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    for page in (signing_in, link_pages, login_pages):
        page.attach(blueprint)
