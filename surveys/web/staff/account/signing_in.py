"""`/login` with address and password, `/logout`.

A wrong address, a wrong password and a disabled account get one answer in one time. After five
wrong tries from one place for one account, the next within five minutes are not even looked at.
"""

from http import HTTPStatus

import structlog
from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from flask_login import current_user
from limits import parse
from sqlalchemy.orm import Session

from models import Role, Staff
from surveys.accounts.logins import SignedIn, begin_login, end_login
from surveys.accounts.passwords import hash_password, is_right, needs_rehash
from surveys.accounts.people import find_staff
from surveys.errors import N_, DonutError
from surveys.extensions import limiter, reader, toolbox, transaction
from surveys.tokens import hash_address
from surveys.web.access import public_form, staff_only
from surveys.web.staff.account.entering import enter, get_signed_in, leave, note, own_path

TRIES_A_PERSON = parse("5 per 5 minutes")
TRIES_A_PLACE = parse("50 per 5 minutes")

log = structlog.get_logger(__name__)


class TooManyTries(DonutError):
    """Somebody guesses, or forgot."""

    code = "too_many_tries"
    status = 429
    message = N_("Too many tries. Wait five minutes and try again.")


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    blueprint.add_url_rule("/login", endpoint="login", view_func=show_login, methods=["GET"])
    blueprint.add_url_rule("/login", view_func=sign_in, methods=["POST"])
    blueprint.add_url_rule("/logout", view_func=sign_out, methods=["POST"])


@public_form
def show_login() -> ResponseReturnValue:
    """Ask for address and password."""
    if current_user.is_authenticated:
        return redirect(own_path(request.args.get("next")))
    return _form(is_wrong=False)


@public_form
def sign_in() -> ResponseReturnValue:
    """Open a sign-in, or answer that something of it was wrong."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    keys = _count_try(email)
    staff = find_staff(reader(), email=email)
    kept = staff.password_hash if staff and staff.disabled_at is None else None
    if not is_right(password, kept=kept) or staff is None:
        log.info("sign_in_refused")
        return _form(is_wrong=True), HTTPStatus.UNAUTHORIZED
    with transaction() as session:
        person = _begin(session, staff_id=staff.id, password=password)
    limiter.limiter.clear(TRIES_A_PERSON, *keys)
    enter(person)
    return redirect(own_path(request.args.get("next")))


@staff_only(Role.VIEWER)
def sign_out() -> ResponseReturnValue:
    """End this sign-in: its row, then the cookie."""
    person = get_signed_in()
    with transaction() as session:
        end_login(session, staff_id=person.staff_id, row_id=person.row_id)
        note(session, action="staff.sign_out", staff_id=person.staff_id)
    leave()
    return redirect("/login")


def _form(*, is_wrong: bool) -> str:
    return render_template(
        "staff/account/login.html", is_wrong=is_wrong, email=request.form.get("email", "")
    )


def _count_try(email: str) -> tuple[str, str]:
    """Count before looking, so that tries at the same moment can't slip through together."""
    place = get_remote_address()
    # Hashed: the store of the counters may be a server of its own, and keeps no addresses.
    keys = (hash_address(toolbox().keys.hash[0], email.strip().lower()), place)
    is_open = limiter.limiter.hit(TRIES_A_PLACE, "sign-in", place)
    if not limiter.limiter.hit(TRIES_A_PERSON, *keys) or not is_open:
        raise TooManyTries
    return keys


def _begin(session: Session, *, staff_id: int, password: str) -> SignedIn:
    staff = session.get_one(Staff, staff_id)
    if staff.password_hash is not None and needs_rehash(staff.password_hash):
        staff.password_hash = hash_password(password)
    person = begin_login(session, staff=staff, now=toolbox().clock.now())
    note(session, action="staff.sign_in", staff_id=staff_id)
    return person
