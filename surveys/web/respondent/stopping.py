"""`/u/<token>`: GET asks, POST stops the mails or lets them come again.

RFC 8058: a mail program posts `List-Unsubscribe=One-Click`, urlencoded or multipart, without
cookie or Origin, and gets 200 with a short body and no redirect.
"""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from models import Invitation
from surveys.answering.stopping import resume_mail, stop_mail
from surveys.extensions import reader, toolbox, transaction
from surveys.roster.suppression import is_suppressed
from surveys.tokens import Purpose
from surveys.web.access import public
from surveys.web.respondent.entrance import enter, languages_of, links_of
from surveys.web.words import gettext

ONE_CLICK_FIELD = "List-Unsubscribe"


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule("/u/<token>", view_func=ask_to_stop, methods=["GET"])
    blueprint.add_url_rule("/u/<token>", view_func=take_wish, methods=["POST"])


@public
def ask_to_stop(token: str) -> ResponseReturnValue:
    """Show what stopping means, and one button."""
    return _render(enter(reader(), token, Purpose.UNSUBSCRIBE))


@public
def take_wish(token: str) -> ResponseReturnValue:
    """Stop the mails, or with `_action=resume` take that back; works after the survey's end."""
    box = toolbox()
    change = resume_mail if request.form.get("_action") == "resume" else stop_mail
    with transaction() as session:
        invitation = enter(session, token, Purpose.UNSUBSCRIBE, is_writing=True)
        change(session, invitation=invitation, keys=box.keys, now=box.clock.now())
    if ONE_CLICK_FIELD in request.form:
        return Response(
            gettext("You will get no more of these e-mails.") + "\n", mimetype="text/plain"
        )
    return _render(invitation)


def _render(invitation: Invitation) -> str:
    return render_template(
        "respondent/stopping.html",
        invitation=invitation,
        links=links_of(invitation),
        languages=languages_of(invitation),
        is_stopped=is_suppressed(reader(), alumnus=invitation.alumnus, keys=toolbox().keys),
    )
