"""`/login/forgotten`: a link by mail to choose a new password.

The answer and its time are the same for an address that nobody has: both write one row.
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from models import StaffLinkPurpose, StaffMailKind
from surveys.accounts.people import find_staff
from surveys.audit import record
from surveys.errors import N_
from surveys.extensions import toolbox, transaction
from surveys.notifying.link_letter import LinkOccasion, link_params
from surveys.notifying.queueing import queue_mail
from surveys.web.access import public_form
from surveys.web.staff import saying
from surveys.web.staff.account.entering import note
from surveys.web.staff.account.signing_in import require_local_sign_in
from surveys.web.staff.account.throttling import count_link

PAGE = "/login/forgotten"


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule(PAGE, view_func=show_forgotten, methods=["GET"])
    blueprint.add_url_rule(PAGE, view_func=send_forgotten, methods=["POST"])
    saying.register(
        link_on_its_way=N_(
            "If there is an account for this address, an e-mail with a link is on its way. Look"
            " into the junk folder too; the link works for 24 hours."
        )
    )


@public_form
def show_forgotten() -> ResponseReturnValue:
    """Ask whose password it was."""
    require_local_sign_in()
    return render_template("staff/account/forgotten.html", email=request.args.get("email", ""))


@public_form
def send_forgotten() -> ResponseReturnValue:
    """Queue the mail where there is an account, and say the same either way."""
    require_local_sign_in()
    email = request.form.get("email", "")
    count_link(email)
    with transaction() as session:
        _queue(session, email)
    page = "/staff/account" if current_user.is_authenticated else "/login"
    return saying.go(page, "link_on_its_way")


def _queue(session: Session, email: str) -> None:
    staff, now = find_staff(session, email=email), toolbox().clock.now()
    if staff is None or staff.disabled_at is not None:
        record(session, actor="nobody", action="staff.forgotten_unknown", subject="staff", now=now)
        return
    params = link_params(purpose=StaffLinkPurpose.SET_PASSWORD, occasion=LinkOccasion.FORGOTTEN)
    key = f"forgotten:{now.isoformat()}"
    kind = StaffMailKind.LINK
    queue_mail(session, staff_id=staff.id, kind=kind, key=key, params=params, now=now)
    note(session, action="staff.forgotten", staff_id=staff.id)
