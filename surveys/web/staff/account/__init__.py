"""Who works here and how they sign in: accounts, passwords, one-time links, sign-ins."""

from flask import Blueprint

from surveys.web.staff.account import (
    confirming,
    forgotten,
    link_pages,
    login_pages,
    oidc_pages,
    own_pages,
    password_pages,
    second_factor_pages,
    second_step,
    signing_in,
)

PAGES = (
    signing_in,
    second_step,
    confirming,
    forgotten,
    link_pages,
    login_pages,
    oidc_pages,
    own_pages,
    password_pages,
    second_factor_pages,
)


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    for page in PAGES:
        page.attach(blueprint)
