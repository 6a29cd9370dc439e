"""Whom a survey asks, when it writes to them, its start: steps 2 to 4, and the plan afterwards."""

from flask import Blueprint

from surveys.web.staff.plan import (
    audience_page,
    control_posts,
    launch_page,
    left_out_page,
    letter_page,
    live_posts,
    mail_posts,
    mails_page,
    trial_posts,
)


def attach(blueprint: Blueprint) -> None:
    """Register the pages of this area."""
    for page in (
        audience_page,
        left_out_page,
        mails_page,
        mail_posts,
        letter_page,
        trial_posts,
        live_posts,
        control_posts,
        launch_page,
    ):
        page.attach(blueprint)
