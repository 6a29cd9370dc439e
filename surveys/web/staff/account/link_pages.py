"""`/login/link/<secret>`: a one-time link to set a password or to sign in.

GET shows a form and changes nothing, POST uses the link.
"""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import LoginMethod, StaffLink, StaffLinkPurpose
from surveys.accounts.links import end_links, get_link, use_link
from surveys.accounts.logins import SignedIn, end_logins
from surveys.accounts.passwords import (
    SHORTEST,
    PasswordRefused,
    PasswordsDiffer,
    check_new_password,
    hash_password,
)
from surveys.extensions import reader, toolbox, transaction
from surveys.web.access import public_form
from surveys.web.staff.account.entering import HalfIn, admit, go_in, note
from surveys.web.words import gettext


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    path = "/login/link/<secret>"
    blueprint.add_url_rule(path, view_func=show_link, methods=["GET"])
    blueprint.add_url_rule(path, endpoint="use_link", view_func=post_link, methods=["POST"])


@public_form
def show_link(secret: str) -> ResponseReturnValue:
    """Ask for the new password, or for a press on the button."""
    link = get_link(reader(), secret=secret, now=toolbox().clock.now())
    return _form(link)


@public_form
def post_link(secret: str) -> ResponseReturnValue:
    """Use the link and sign in; a password that is refused leaves it unused."""
    link = get_link(reader(), secret=secret, now=toolbox().clock.now())
    password_hash = None
    if link.purpose == StaffLinkPurpose.SET_PASSWORD:
        try:
            password_hash = hash_password(_read_password(link.staff.email))
        except PasswordRefused as refusal:
            return _form(link, fault=gettext(refusal.message, **refusal.params)), refusal.status
    with transaction() as session:
        step = _use(session, secret, password_hash)
    return go_in(step, target="/" if toolbox().settings.local_sign_in else "/staff/account")


def _form(link: StaffLink, *, fault: str | None = None) -> str:
    is_for_password = link.purpose == StaffLinkPurpose.SET_PASSWORD
    page = "set_password" if is_for_password else "sign_in_link"
    template = f"staff/account/{page}.html"
    return render_template(template, email=link.staff.email, fault=fault, shortest=SHORTEST)


def _read_password(email: str) -> str:
    password = request.form.get("password", "")
    check_new_password(password, email=email)
    if password != request.form.get("repeated", ""):
        raise PasswordsDiffer
    return password


def _use(session: Session, secret: str, password_hash: str | None) -> SignedIn | HalfIn:
    now = toolbox().clock.now()
    link = use_link(session, secret=secret, now=now)
    if password_hash is not None:
        link.staff.password_hash = password_hash
        end_logins(session, staff_id=link.staff_id)
        end_links(session, staff_id=link.staff_id, now=now)
    note(session, action=f"staff.{link.purpose}_by_link", staff_id=link.staff_id)
    return admit(session, staff=link.staff, method=LoginMethod.LINK)
