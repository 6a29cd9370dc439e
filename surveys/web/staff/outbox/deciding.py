"""What staff decide about mails in doubt and mails that failed: one, or all of a mailing."""

from collections.abc import Callable

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Mailing, Message, Role
from surveys.delivery.listing import Group
from surveys.delivery.resolving import Decision, of_mailing, resolve_unknown, retry_failed
from surveys.errors import N_, DonutError
from surveys.extensions import toolbox, transaction
from surveys.web.access import staff_only
from surveys.web.staff.outbox.brake import note
from surveys.web.staff.outbox.listing import RULE
from surveys.web.staff.outbox.page import PAGE
from surveys.web.staff.saying import go, register


class DecidedMeanwhile(DonutError):
    """Somebody else, or the clock, was quicker."""

    code = "decided_meanwhile"
    status = 409
    message = N_("Nothing is left to decide here: it was decided meanwhile, or the survey is over.")


register(
    mails_resent=N_("They go out again, each with the same Message-ID."),
    mails_assumed=N_("They count as sent."),
    mails_retried=N_("They are tried again now."),
)


def attach(blueprint: Blueprint) -> None:
    """Register the buttons; with `message` in the form they mean that one alone."""
    blueprint.add_url_rule(f"{RULE}/resolve", view_func=resolve_messages, methods=["POST"])
    blueprint.add_url_rule(f"{RULE}/retry", view_func=retry_messages, methods=["POST"])


@staff_only(Role.EDITOR)
def resolve_messages(mailing_id: int) -> ResponseReturnValue:
    """Decide on mails of which nobody knows whether they arrived."""
    decision = request.form.get("decision")
    if decision not in _SAID:
        abort(400)
    chosen = Decision(decision)

    def decide(session: Session, message_id: int | None) -> int:
        which = of_mailing(mailing_id, message_id)
        now = toolbox().clock.now()
        return resolve_unknown(session, which=which, decision=chosen, now=now)

    _decide(mailing_id, "outbox.resolve", decide, decision=chosen.value)
    return _go_back(mailing_id, Group.UNKNOWN, _SAID[chosen])


@staff_only(Role.EDITOR)
def retry_messages(mailing_id: int) -> ResponseReturnValue:
    """Try failed mails again."""

    def decide(session: Session, message_id: int | None) -> int:
        which = of_mailing(mailing_id, message_id)
        return retry_failed(session, which=which, now=toolbox().clock.now())

    _decide(mailing_id, "outbox.retry", decide)
    return _go_back(mailing_id, Group.FAILED, "mails_retried")


_SAID = {Decision.RESEND: "mails_resent", Decision.ASSUME_SENT: "mails_assumed"}


def _decide(
    mailing_id: int, action: str, decide: Callable[[Session, int | None], int], **details: object
) -> None:
    message_id = request.form.get("message", type=int)
    with transaction() as session:
        mailing = session.get(Mailing, mailing_id) or abort(404)
        if message_id is not None and not _belongs(session, mailing_id, message_id):
            abort(404)
        count = decide(session, message_id)
        if not count:
            raise DecidedMeanwhile
        subject = f"survey:{mailing.survey.code}"
        note(session, action, subject, position=mailing.position, count=count, **details)


def _belongs(session: Session, mailing_id: int, message_id: int) -> bool:
    of_it = select(Message.id).where(Message.id == message_id, Message.mailing_id == mailing_id)
    return session.scalar(of_it) is not None


def _go_back(mailing_id: int, group: Group, said: str) -> ResponseReturnValue:
    """Go back to the list from which one message was decided, else to the whole outbox."""
    is_one = "message" in request.form and request.form.get("from") == "list"
    return go(f"{PAGE}/mailings/{mailing_id}/{group}" if is_one else PAGE, said)
