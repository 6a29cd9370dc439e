"""The buttons under a returned mail."""

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from models import Role
from surveys.audit import record
from surveys.bounces.deciding import Decision, settle_return
from surveys.bounces.listing import get_report
from surveys.errors import N_
from surveys.extensions import toolbox, transaction
from surveys.web.access import staff_only
from surveys.web.staff.account.entering import get_signed_in
from surveys.web.staff.returns.pages import PAGE
from surveys.web.staff.saying import go, register

register(
    return_settled=N_("Noted."),
    return_resent=N_("The mail goes out again, as far as its address takes mail."),
)


def attach(blueprint: Blueprint) -> None:
    """Register the buttons' address."""
    rule = f"{PAGE}/<int:report_id>/decide"
    blueprint.add_url_rule(rule, view_func=decide_return, methods=["POST"])


@staff_only(Role.EDITOR)
def decide_return(report_id: int) -> ResponseReturnValue:
    """Do what staff decided about a returned mail."""
    chosen = request.form.get("decision")
    if chosen not in set(Decision):
        abort(400)
    decision = Decision(chosen)
    actor, now = f"staff:{get_signed_in().staff_id}", toolbox().clock.now()
    with transaction() as session:
        shown = get_report(session, report_id=report_id)
        settle_return(session, shown=shown, decision=decision, actor=actor, now=now)
        subject = f"alumnus:{shown.person.id}" if shown.person else "outbox"
        record(
            session,
            actor=actor,
            action="bounce.decide",
            subject=subject,
            now=now,
            decision=decision.value,
        )
    return go(PAGE, "return_resent" if decision is Decision.RESENT else "return_settled")
