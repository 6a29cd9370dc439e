"""`/login/oidc…`: signing in through the university, connecting an account to it, confirming by it.

Each begins at a link, since browsers block a redirect to another site after a form. The way back is
a GET that opens a sign-in; it works once, in the browser that went there (docs/adr).
"""

from flask import Blueprint, Flask, redirect, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from models import LoginMethod, Role
from surveys.accounts.identities import (
    IdentityTaken,
    IdentityUnknown,
    bind,
    find_by_identity,
)
from surveys.accounts.logins import RECENT, SignedIn, confirm_login
from surveys.accounts.people import get_person
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.web.access import public_form, staff_only
from surveys.web.staff import saying
from surveys.web.staff.account.entering import enter, get_signed_in, note, open_login, own_path
from surveys.web.staff.account.single_sign_on import (
    RETURN_PAGE,
    Answer,
    SingleSignOnRefused,
    come_back,
    go_there,
    register,
)

PAGE = "/login/oidc"
ENTER, CONNECT, CONFIRM = "enter", "connect", "confirm"


def attach(blueprint: Blueprint) -> None:
    """Register the pages, and the provider with Authlib."""
    blueprint.record_once(_register)
    blueprint.add_url_rule(PAGE, view_func=enter_by_oidc, methods=["GET"])
    blueprint.add_url_rule(f"{PAGE}/connect", view_func=connect_oidc, methods=["GET"])
    blueprint.add_url_rule(f"{PAGE}/confirm", view_func=confirm_by_oidc, methods=["GET"])
    blueprint.add_url_rule(RETURN_PAGE, view_func=return_from_oidc, methods=["GET"])
    saying.register(
        sso_connected=N_("Your account is connected. From now on you sign in at the university.")
    )


def _register(state: BlueprintSetupState) -> None:
    assert isinstance(state.app, Flask)  # noqa: S101 - for the type checker: ours is one
    register(state.app)


@public_form
def enter_by_oidc() -> ResponseReturnValue:
    """Go and sign in there."""
    reader().rollback()
    return go_there({"for": ENTER, "next": own_path(request.args.get("next"))})


@staff_only(Role.VIEWER, recent=True)
def connect_oidc() -> ResponseReturnValue:
    """Go and prove who one is there, to bind the account to it for good.

    Whoever is signed in there already may be somebody else.
    """
    row_id = get_signed_in().row_id
    reader().rollback()
    return go_there({"for": CONNECT, "login": str(row_id)}, prompt="login")


@staff_only(Role.VIEWER)
def confirm_by_oidc() -> ResponseReturnValue:
    """Go and prove there once more who one is."""
    context = {"for": CONFIRM, "login": str(get_signed_in().row_id)}
    reader().rollback()
    target = own_path(request.args.get("next"))
    return go_there({**context, "next": target}, prompt="login", max_age="0")


@public_form
def return_from_oidc() -> ResponseReturnValue:
    """Take the answer, and do what the browser went there for."""
    reader().rollback()
    answer, context = come_back()
    if context.get("for") == ENTER:
        return _enter(answer, context["next"])
    person = _same_person(context)
    if context["for"] == CONNECT:
        return _connect(answer, person)
    return _confirm(answer, person, context["next"])


def _enter(answer: Answer, target: str) -> ResponseReturnValue:
    with transaction() as session:
        staff = find_by_identity(session, answer.identity)
        if staff is None:
            raise IdentityUnknown(contact=toolbox().settings.contact_address)
        person = open_login(session, staff=staff, method=LoginMethod.OIDC)
    enter(person)
    return redirect(target)


def _connect(answer: Answer, person: SignedIn) -> ResponseReturnValue:
    with transaction() as session:
        bind(session, staff=get_person(session, staff_id=person.staff_id), identity=answer.identity)
        note(session, action="staff.connect_identity", staff_id=person.staff_id)
    return saying.go("/staff/account", "sso_connected")


def _confirm(answer: Answer, person: SignedIn, target: str) -> ResponseReturnValue:
    now = toolbox().clock.now()
    if answer.confirmed_at is None or now - answer.confirmed_at > RECENT:
        raise SingleSignOnRefused
    with transaction() as session:
        _check_identity(session, answer, person)
        confirm_login(session, row_id=person.row_id, now=now)
        note(session, action="staff.confirm", staff_id=person.staff_id)
    return saying.go(target, "confirmed")


def _check_identity(session: Session, answer: Answer, person: SignedIn) -> None:
    staff = find_by_identity(session, answer.identity)
    if staff is None or staff.id != person.staff_id:
        raise IdentityTaken


def _same_person(context: dict[str, str]) -> SignedIn:
    """Return who is signed in, if it is the sign-in that went there."""
    if not current_user.is_authenticated or context.get("login") != str(get_signed_in().row_id):
        raise SingleSignOnRefused
    return get_signed_in()
