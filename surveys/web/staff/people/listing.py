"""`/staff`: everybody who works here, and one person's page."""

from collections.abc import Mapping

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from models import Role, Staff, StaffMailKind
from surveys.accounts import second_factor
from surveys.accounts.logins import list_logins
from surveys.accounts.people import get_person, list_staff
from surveys.extensions import reader, toolbox
from surveys.notifying.queueing import find_latest
from surveys.web.access import staff_only
from surveys.web.staff.people.words import BAD_STATES, mail_words, role_options, role_word

PAGE = "/staff"


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    blueprint.add_url_rule(PAGE, view_func=show_staff, methods=["GET"])
    blueprint.add_url_rule(f"{PAGE}/<int:staff_id>", view_func=show_person, methods=["GET"])


@staff_only(Role.ADMIN)
def show_staff() -> ResponseReturnValue:
    """Show all accounts."""
    rows = list_staff(reader())
    settings = toolbox().settings
    return render_template(
        "staff/people/staff.html",
        rows=rows,
        role_word=role_word,
        can_enter={row.id: _can_enter(row) for row in rows},
        is_local=settings.local_sign_in,
    )


@staff_only(Role.ADMIN)
def show_person(staff_id: int) -> ResponseReturnValue:
    """Show one account with what can be done about it."""
    return person_page(get_person(reader(), staff_id=staff_id))


def person_page(
    staff: Staff,
    *,
    typed: Mapping[str, str] | None = None,
    fault: tuple[str, str] | None = None,
) -> str:
    """Return the page of one account; `typed` replaces what stands in the form.

    `fault`: the field that is to blame, and the sentence.
    """
    session, settings = reader(), toolbox().settings
    mail = find_latest(session, staff_id=staff.id, kind=StaffMailKind.LINK)
    logins = list_logins(session, staff_id=staff.id, now=toolbox().clock.now())
    return render_template(
        "staff/people/person.html",
        staff=staff,
        values=typed or {"name": staff.name, "role": staff.role, "language": staff.language},
        fault=fault,
        roles=role_options(),
        role_word=role_word,
        mail=mail,
        mail_words=mail_words(mail),
        is_mail_bad=mail is not None and mail.state in BAD_STATES,
        login_count=len(logins),
        has_code=second_factor.is_on(staff),
        is_local=settings.local_sign_in,
        sso_name=settings.oidc_name if settings.has_oidc else None,
    )


def _can_enter(staff: Staff) -> bool:
    settings = toolbox().settings
    by_password = settings.local_sign_in and staff.password_hash is not None
    return by_password or (settings.has_oidc and staff.oidc_subject is not None)
