"""`/outbox`: where all mails stand, in plain words."""

from datetime import datetime

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
    OutboxShown,
    brake_message,
    is_held,
    read_outbox,
)
from surveys.web.words import gettext

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
    outbox = read_outbox(reader(), tools=tools, now=now)
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
        ending=_tell_ending(outbox, now),
        fault=fault,
        typed=typed,
    )


def _tell_ending(outbox: OutboxShown, now: datetime) -> str | None:
    """Return when the waiting mails will be through, None while that can't be said."""
    done_at = outbox.speed.done_at
    if done_at is None:
        return None
    zone = toolbox().settings.zone
    local, today = done_at.astimezone(zone), now.astimezone(zone).date()
    time = f"{local:%H:%M}"
    if local.date() == today:
        return gettext("They will be through today at about %(time)s.", time=time)
    days = (local.date() - today).days
    if days == 1:
        return gettext("They will be through tomorrow at about %(time)s.", time=time)
    return gettext("They will be through in about %(days)s days.", days=days)
