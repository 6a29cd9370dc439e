"""The test of a mailing that staff send to themselves, and its state while it is on its way."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from models import Role
from surveys import audit
from surveys.building.finding import get_survey
from surveys.extensions import reader, toolbox, transaction
from surveys.inviting.sample import find_person
from surveys.notifying.trial_letter import queue_test
from surveys.web.access import staff_only
from surveys.web.staff.account.entering import get_signed_in
from surveys.web.staff.builder.operating import acting
from surveys.web.staff.plan.letter_page import get_mailing
from surveys.web.staff.saying import go


def attach(blueprint: Blueprint) -> None:
    """Register the form."""
    rule = "/surveys/<code>/mails/<int:key>/test"
    blueprint.add_url_rule(rule, view_func=send_test, methods=["POST"])


@staff_only(Role.EDITOR)
def send_test(code: str, key: int) -> ResponseReturnValue:
    """Queue the mail for whoever is signed in, as the person whom they look at would get it."""
    survey = get_survey(reader(), code=code)
    mailing = get_mailing(survey, key)
    person = find_person(reader(), survey=survey, after=request.form.get("after", 0, type=int))
    wanted, known = request.form.get("in", ""), survey.definition["languages"]
    which = {"mailing_id": mailing.id} if survey.launched_at else {"index": key}
    params = {
        **which,
        "language": wanted if wanted in known else known[0],
        "person_id": person.id if person else None,
    }
    now = toolbox().clock.now()
    with transaction() as session:
        found = get_survey(session, code=code)
        staff_id = get_signed_in().staff_id
        queue_test(session, staff_id=staff_id, survey=found, params=params, now=now)
        subject = f"survey:{code}"
        audit.record(session, actor=acting(), action="mailing.test", subject=subject, now=now)
    return go(f"/surveys/{code}/mails?open={key}#trial")
