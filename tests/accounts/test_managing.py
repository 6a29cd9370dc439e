"""What admins do with accounts, and the admin who always remains."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import LoginMethod, Role, Staff, StaffLogin
from surveys.accounts.logins import begin_login
from surveys.accounts.managing import (
    LastAdmin,
    disable,
    enable,
    reset_second_factor,
    set_details,
)
from surveys.accounts.people import (
    AddressMalformed,
    NameTooLong,
    add_staff,
    find_staff,
    list_staff,
)
from surveys.extensions import transaction
from tests.conftest import NOW
from tests.notifying.members import make_staff


@pytest.fixture
def admin(session: Session) -> Staff:
    return make_staff(session, email="admin@example.edu.tr", name="Ali", role=Role.ADMIN)


def _sign_in(session: Session, staff: Staff) -> None:
    begin_login(session, staff=staff, method=LoginMethod.PASSWORD, browser="", now=NOW)


def _demote(session: Session, staff: Staff) -> None:
    set_details(session, staff=staff, name=staff.name, role=Role.EDITOR, language="tr")


def test_role_name_and_language_change(session: Session, admin: Staff) -> None:
    other = make_staff(session)

    set_details(session, staff=other, name="  Ayşe  Ak ", role=Role.ADMIN, language="en")

    assert (other.name, other.role, other.language) == ("Ayşe Ak", "admin", "en")
    assert admin.role == Role.ADMIN


def test_capital_dotted_i_of_a_turkish_keyboard_is_an_i(session: Session) -> None:
    person = add_staff(
        session, email="İzel@example.edu.tr", role=Role.VIEWER, language="tr", now=NOW
    )

    assert person.email == "izel@example.edu.tr"
    assert find_staff(session, email=" İZEL@example.edu.tr") is person


def test_address_that_mails_do_not_reach_is_refused(session: Session) -> None:
    with pytest.raises(AddressMalformed):
        add_staff(session, email="ışık@example.edu.tr", role=Role.VIEWER, language="tr", now=NOW)


def test_overlong_name_is_refused(session: Session, admin: Staff) -> None:
    with pytest.raises(NameTooLong):
        set_details(session, staff=admin, name="x" * 101, role=Role.ADMIN, language="tr")


def test_last_admin_stays_one(session: Session, admin: Staff) -> None:
    make_staff(session)
    make_staff(session, email="gone@example.edu.tr", role=Role.ADMIN, disabled_at=NOW)

    with pytest.raises(LastAdmin):
        _demote(session, admin)
    with pytest.raises(LastAdmin):
        disable(session, staff=admin, now=NOW)


def test_one_of_two_admins_may_go(session: Session, admin: Staff) -> None:
    make_staff(session, role=Role.ADMIN)

    _demote(session, admin)

    assert admin.role == Role.EDITOR


def test_two_admins_at_once_cannot_take_each_other_away(
    app: Flask, session: Session, admin: Staff
) -> None:
    other = make_staff(session, role=Role.ADMIN)
    ids = [admin.id, other.id]
    session.commit()
    together, refused = Barrier(2), []

    def demote(staff_id: int) -> None:
        together.wait()
        try:
            with app.app_context(), transaction() as own:
                _demote(own, own.get_one(Staff, staff_id))
        except LastAdmin:
            refused.append(staff_id)

    threads = [Thread(target=demote, args=[staff_id]) for staff_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    session.expire_all()
    roles = [session.get_one(Staff, staff_id).role for staff_id in ids]
    assert len(refused) == 1
    assert sorted(roles) == ["admin", "editor"]


def test_disabling_ends_sign_ins_and_enabling_brings_the_account_back(
    session: Session, admin: Staff
) -> None:
    other = make_staff(session)
    _sign_in(session, other)

    disable(session, staff=other, now=NOW)
    disabled_at = other.disabled_at
    disable(session, staff=other, now=NOW + timedelta(days=1))

    assert session.scalars(select(StaffLogin)).all() == []
    assert disabled_at == other.disabled_at == NOW
    enable(other)
    assert other.disabled_at is None
    assert admin.disabled_at is None


def test_reset_second_factor_ends_sign_ins(session: Session, admin: Staff) -> None:
    admin.totp_sealed, admin.totp_confirmed_at, admin.totp_last_step = "sealed", NOW, 5
    _sign_in(session, admin)

    reset_second_factor(session, staff=admin)

    left = {admin.totp_sealed, admin.totp_confirmed_at, admin.totp_last_step}
    assert left == {None}
    assert session.scalars(select(StaffLogin)).all() == []


def test_people_stand_in_turkish_order_with_the_disabled_last(session: Session) -> None:
    for number, name in enumerate(["Zeynep", "Çiğdem", "Ceyda", "Şule"]):
        make_staff(session, email=f"{number}@example.edu.tr", name=name)
    make_staff(session, email="gone@example.edu.tr", name="Ahmet", disabled_at=NOW)

    names = [person.name for person in list_staff(session)]

    assert names == ["Ceyda", "Çiğdem", "Şule", "Zeynep", "Ahmet"]
