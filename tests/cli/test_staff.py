"""`flask staff add|link`: an account, and a one-time link that works once."""

import json
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEntry, Staff, StaffLink
from surveys.tokens import hash_secret
from tests.conftest import NOW

EMAIL = "ayse@example.edu.tr"


def run(app: Flask, *args: str) -> tuple[int, str]:
    # A context of its own, as the command has in a process of its own.
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["staff", *args])
    return result.exit_code, result.output


def run_json(app: Flask, *args: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(run(app, *args, "--json")[1])
    return loaded


def test_staff_add_prints_a_link_that_stands_hashed(app: Flask, session: Session) -> None:
    result = run_json(app, "add", "Ayse@Example.edu.tr", "--role", "admin")

    base, _, secret = result["link"].rpartition("/")
    link = session.scalars(select(StaffLink)).one()
    assert (result["email"], result["role"]) == (EMAIL, "admin")
    assert base == "https://anket.example.edu.tr/login/link"
    assert link.secret_hash == hash_secret(secret)
    assert (link.purpose, link.expires_at) == ("set_password", NOW + timedelta(hours=24))


def test_staff_add_makes_an_account_without_a_password(app: Flask, session: Session) -> None:
    run(app, "add", EMAIL)

    staff = session.scalars(select(Staff)).one()
    assert (staff.role, staff.language, staff.password_hash) == ("editor", "tr", None)


def test_staff_add_in_words_ends_with_the_link(app: Flask) -> None:
    code, output = run(app, "add", EMAIL)

    assert code == 0
    assert output.splitlines()[-1].startswith("https://anket.example.edu.tr/login/link/")


def test_staff_link_may_sign_in_without_a_password(app: Flask, session: Session) -> None:
    run(app, "add", EMAIL)

    run(app, "link", EMAIL, "--sign-in")

    purposes = session.scalars(select(StaffLink.purpose).order_by(StaffLink.id)).all()
    assert purposes == ["set_password", "sign_in"]


def test_staff_commands_are_audited_without_the_secret(app: Flask, session: Session) -> None:
    result = run_json(app, "add", EMAIL)
    run(app, "link", EMAIL)

    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()

    assert [(entry.actor, entry.action) for entry in entries] == [
        ("cli", "staff.add"),
        ("cli", "staff.link"),
    ]
    assert result["link"].rpartition("/")[2] not in str([entry.details for entry in entries])


def test_staff_commands_refuse_what_makes_no_sense(app: Flask) -> None:
    run(app, "add", EMAIL)

    assert run_json(app, "add", EMAIL)["refused"] == "staff_exists"
    assert run_json(app, "add", "ayse at example")["refused"] == "address_malformed"
    assert run_json(app, "link", "nobody@example.edu.tr")["refused"] == "staff_unknown"
    assert run(app, "add", EMAIL, "--role", "king")[0] == 2
    assert run(app, "link", "nobody@example.edu.tr")[0] == 1


def test_staff_add_takes_a_name(app: Flask, session: Session) -> None:
    run(app, "add", EMAIL, "--name", "Ayşe Ak")

    assert session.scalars(select(Staff.name)).one() == "Ayşe Ak"


def test_staff_reset_second_factor_forgets_it(app: Flask, session: Session) -> None:
    run(app, "add", EMAIL)
    staff = session.scalars(select(Staff)).one()
    staff.totp_sealed, staff.totp_confirmed_at = "sealed", NOW
    session.commit()

    code, _output = run(app, "reset-second-factor", EMAIL)

    session.expire_all()
    assert code == 0
    assert {staff.totp_sealed, staff.totp_confirmed_at} == {None}
    assert run_json(app, "reset-second-factor", "nobody@example.edu.tr")["refused"] == (
        "staff_unknown"
    )
