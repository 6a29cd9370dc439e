"""Stopping all sending, with a reason, and letting it go on; letting a held mailing go."""

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import Mailing, Role
from surveys.audit import record
from surveys.building.finding import get_survey
from surveys.delivery.brakes import pause_sending, resume_mailing, resume_sending
from surveys.delivery.reasons import STAFF
from surveys.errors import N_
from surveys.extensions import toolbox, transaction
from surveys.inviting.held import release_held
from surveys.web.access import staff_only
from surveys.web.staff.account.entering import get_signed_in
from surveys.web.staff.outbox.page import PAGE, render_outbox
from surveys.web.staff.saying import go, register
from surveys.web.words import gettext

LONGEST_REASON = 200

register(
    sending_paused=N_("All sending is stopped. Nothing more goes out until you let it go on."),
    sending_resumed=N_("Sending goes on."),
    mailing_resumed=N_("The mailing goes on."),
    mailing_released=N_("The mailing is due now and goes out."),
)


def attach(blueprint: Blueprint) -> None:
    """Register the buttons."""
    blueprint.add_url_rule(f"{PAGE}/pause", view_func=pause_all, methods=["POST"])
    blueprint.add_url_rule(f"{PAGE}/resume", view_func=resume_all, methods=["POST"])
    rule = f"{PAGE}/mailings/<int:mailing_id>/resume"
    blueprint.add_url_rule(rule, view_func=resume_one_mailing, methods=["POST"])
    rule = f"{PAGE}/surveys/<code>/release"
    blueprint.add_url_rule(rule, view_func=release_mailing, methods=["POST"])


@staff_only(Role.EDITOR)
def pause_all() -> ResponseReturnValue:
    """Stop all sending before the next mail."""
    reason = " ".join(request.form.get("reason", "").split())[:LONGEST_REASON]
    if not reason:
        return render_outbox(fault=gettext("Say why, so that others know when to go on.")), 422
    now = toolbox().clock.now()
    with transaction() as session:
        if pause_sending(session, reason=STAFF, reply=reason, now=now):
            note(session, "outbox.pause", "outbox", reason=reason)
    return go(PAGE, "sending_paused")


@staff_only(Role.EDITOR)
def resume_all() -> ResponseReturnValue:
    """Let sending go on."""
    with transaction() as session:
        if resume_sending(session):
            note(session, "outbox.resume", "outbox")
    return go(PAGE, "sending_resumed")


@staff_only(Role.EDITOR)
def release_mailing(code: str) -> ResponseReturnValue:
    """Send the first mailing of a survey that is held because it was due too long ago."""
    now = toolbox().clock.now()
    with transaction() as session:
        held = release_held(session, survey=get_survey(session, code=code), now=now)
        note(session, "survey.send_held", f"survey:{code}", kind=held.kind, position=held.position)
    return go(PAGE, "mailing_released")


@staff_only(Role.EDITOR)
def resume_one_mailing(mailing_id: int) -> ResponseReturnValue:
    """Let one mailing go on that was paused by itself."""
    with transaction() as session:
        mailing = session.get(Mailing, mailing_id) or abort(404)
        if resume_mailing(session, mailing_id=mailing_id):
            subject = f"survey:{mailing.survey.code}"
            note(session, "outbox.resume_mailing", subject, position=mailing.position)
    return go(PAGE, "mailing_resumed")


def note(session: Session, action: str, subject: str, **details: object) -> None:
    """Add to the audit trail what the signed-in person did."""
    actor, now = f"staff:{get_signed_in().staff_id}", toolbox().clock.now()
    record(session, actor=actor, action=action, subject=subject, now=now, **details)
