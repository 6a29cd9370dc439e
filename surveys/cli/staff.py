"""`flask staff add|link|reset-second-factor`: accounts, and the links that open them."""

from collections.abc import Callable

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from models import Role, Staff, StaffLinkPurpose
from surveys.accounts.links import make_link
from surveys.accounts.managing import reset_second_factor
from surveys.accounts.people import add_staff, get_staff
from surveys.audit import record
from surveys.cli.output import Result, emit, json_option, refusals, say
from surveys.extensions import toolbox, transaction

sign_in_option = click.option(
    "--sign-in", "is_sign_in", is_flag=True, help="The link signs in, without a password."
)


@click.group(cls=AppGroup)
def staff() -> None:
    """Add staff accounts and make one-time links for them."""


@staff.command("add")
@click.argument("email")
@click.option("--name", default="", help="The person's name, as it stands in mails.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.EDITOR.value)
@sign_in_option
@json_option
def add(email: str, *, name: str, role: str, is_sign_in: bool, as_json: bool) -> None:
    """Add an account for EMAIL and print a one-time link to set its password."""

    def find(session: Session) -> Staff:
        settings, now = toolbox().settings, toolbox().clock.now()
        return add_staff(
            session,
            email=email,
            name=name,
            role=Role(role),
            language=settings.default_language,
            now=now,
        )

    _print_link(find, action="staff.add", is_sign_in=is_sign_in, as_json=as_json)


@staff.command("link")
@click.argument("email")
@sign_in_option
@json_option
def link(email: str, *, is_sign_in: bool, as_json: bool) -> None:
    """Print a new one-time link for the account of EMAIL."""
    _print_link(
        lambda session: get_staff(session, email=email),
        action="staff.link",
        is_sign_in=is_sign_in,
        as_json=as_json,
    )


@staff.command("reset-second-factor")
@click.argument("email")
@json_option
def reset(email: str, *, as_json: bool) -> None:
    """Forget the second factor of EMAIL, for a lost phone; ends that person's sign-ins."""
    with refusals(as_json=as_json), transaction() as session:
        person, now = get_staff(session, email=email), toolbox().clock.now()
        reset_second_factor(session, staff=person)
        subject = f"staff:{person.id}"
        record(session, actor="cli", action="staff.reset_second_factor", subject=subject, now=now)
        address = person.email
    line = say("The second step of %(email)s is reset.", email=address)
    emit({"email": address}, [line], as_json=as_json)


def _print_link(
    find: Callable[[Session], Staff], *, action: str, is_sign_in: bool, as_json: bool
) -> None:
    purpose = StaffLinkPurpose.SIGN_IN if is_sign_in else StaffLinkPurpose.SET_PASSWORD
    with refusals(as_json=as_json), transaction() as session:
        result = _make(session, find(session), action=action, purpose=purpose)
    lines = [
        say("Account: %(email)s, role: %(role)s", **result),
        say("One-time link, works for 24 hours:"),
        result["link"],
    ]
    emit(result, lines, as_json=as_json)


def _make(session: Session, person: Staff, *, action: str, purpose: StaffLinkPurpose) -> Result:
    tools = toolbox()
    now = tools.clock.now()
    secret = make_link(session, staff=person, purpose=purpose, now=now)
    subject = f"staff:{person.id}"
    record(session, actor="cli", action=action, subject=subject, now=now, purpose=purpose)
    return {
        "email": person.email,
        "role": person.role,
        "link": f"{tools.settings.base_url}/login/link/{secret}",
    }
