"""`/outbox/mailings/<id>/<group>`: the people behind one number, and why."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from models import Mailing, Role
from surveys.delivery.listing import Group, list_messages
from surveys.delivery.reasons import REASON_WORDS
from surveys.extensions import reader, toolbox
from surveys.inviting.notes import KIND_WORDS
from surveys.web.access import staff_only
from surveys.web.staff.outbox.page import PAGE
from surveys.web.staff.outbox.showing import name_message

RULE = f"{PAGE}/mailings/<int:mailing_id>"


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule(f"{RULE}/<group>", view_func=show_messages, methods=["GET"])


@staff_only(Role.VIEWER)
def show_messages(mailing_id: int, group: str) -> ResponseReturnValue:
    """Show one page of a mailing's messages."""
    if group not in set(Group):
        abort(404)
    tools, session = toolbox(), reader()
    mailing = session.get(Mailing, mailing_id) or abort(404)
    number = request.args.get("page", 1, type=int)
    chosen = Group(group)
    shown = list_messages(session, mailing_id=mailing_id, group=chosen, number=number)
    return render_template(
        "staff/outbox/messages.html",
        mailing=mailing,
        group=chosen,
        shown=shown,
        Group=Group,
        kind_words=KIND_WORDS,
        reason_words=REASON_WORDS,
        can_retry=mailing.survey.ends_at() > tools.clock.now(),
        message_ids={m.id: name_message(m.id, m.public_id, tools) for m in shown.messages},
    )
