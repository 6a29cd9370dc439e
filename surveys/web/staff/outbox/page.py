"""`/outbox`: where all mails stand, in plain words."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from models import Role
from surveys.delivery.listing import Group
from surveys.delivery.reasons import MAILING_WORDS, REASON_WORDS
from surveys.extensions import reader, toolbox
from surveys.inviting.notes import KIND_WORDS
from surveys.web.access import staff_only
from surveys.web.staff.outbox.showing import (
    STAFF_MAIL_WORDS,
    STAFF_REASON_WORDS,
    brake_message,
    is_held,
    read_outbox,
)
from surveys.web.words import current_language

PAGE = "/outbox"


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule(PAGE, view_func=show_outbox, methods=["GET"])


@staff_only(Role.VIEWER)
def show_outbox() -> ResponseReturnValue:
    """Show all mails."""
    return render_outbox()


def render_outbox(*, fault: str | None = None, typed: str = "") -> str:
    """Return the page; `fault` says what is wrong with the reason that was `typed`."""
    tools = toolbox()
    now = tools.clock.now()
    outbox = read_outbox(reader(), tools=tools, language=current_language(), now=now)
    return render_template(
        "staff/outbox/outbox.html",
        outbox=outbox,
        Group=Group,
        kind_words=KIND_WORDS,
        reason_words=REASON_WORDS,
        staff_mail_words=STAFF_MAIL_WORDS,
        staff_reason_words=STAFF_REASON_WORDS,
        brake_message=brake_message,
        is_held=is_held,
        mailing_words=MAILING_WORDS,
        fault=fault,
        typed=typed,
    )
