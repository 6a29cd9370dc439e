"""Accounts in the hands of admins: added, changed, sent links, shut out."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEntry, LoginMethod, Role, Staff, StaffLink, StaffLogin, StaffMail
from surveys.accounts.links import get_link
from surveys.accounts.logins import begin_login
from tests.conftest import NOW
from tests.notifying.members import make_staff
from tests.web.staff.conftest import Browser, reload

NEW = {"email": "Yeni@Example.edu.tr", "name": "Yeni Kişi", "role": "viewer", "language": "en"}
LINK = re.compile(r'value="https://anket\.example\.edu\.tr/login/link/([^"]+)"')


@pytest.fixture
def admin(signed_in: Browser, staff: Staff, session: Session) -> Browser:
    session.get_one(Staff, staff.id).role = Role.ADMIN
    session.commit()
    return signed_in


@pytest.fixture
def colleague(session: Session) -> Staff:
    """An editor who is signed in somewhere."""
    person = make_staff(session, email="can@example.edu.tr", name="Can Ak", password_hash="x")
    begin_login(session, staff=person, method=LoginMethod.PASSWORD, browser="", now=NOW)
    session.commit()
    return person


def _person(session: Session, email: str) -> Staff:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Staff).where(Staff.email == email)).one()


def _actions(session: Session) -> list[str]:
    return [entry.action for entry in reload(session, AuditEntry)]


def test_list_shows_everybody_and_who_is_not_set_up(
    admin: Browser, session: Session, colleague: Staff
) -> None:
    make_staff(session, email="yeni@example.edu.tr", name="Yeni")
    session.commit()

    page = admin.get("/staff").text

    assert f'href="/staff/{colleague.id}">Can Ak</a>' in page
    assert page.count("parolasını henüz belirlemedi") == 1


def test_added_person_is_mailed_a_link(admin: Browser, session: Session, staff: Staff) -> None:
    admin.get("/staff/new")

    answer = admin.post("/staff/new", NEW)

    person = _person(session, "yeni@example.edu.tr")
    mail = reload(session, StaffMail)[0]
    assert answer.headers["Location"] == "/staff?said=staff_added"
    assert (person.name, person.role, person.language) == ("Yeni Kişi", "viewer", "en")
    assert (mail.staff_id, mail.params["by_id"]) == (person.id, staff.id)
    assert mail.params["occasion"] == "invited"
    assert _actions(session)[-1] == "staff.add"


def test_link_is_shown_once_when_no_mail_is_wanted(admin: Browser, session: Session) -> None:
    admin.get("/staff/new")

    answer = admin.post("/staff/new", {**NEW, "how": "show"})

    found = LINK.search(answer.text)
    assert found
    assert answer.headers["Cache-Control"] == "no-store"
    assert get_link(session, secret=found[1], now=NOW).staff.email == "yeni@example.edu.tr"
    assert reload(session, StaffMail) == []


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"email": "yeni at example"}, "e-posta adresi değil"),
        ({"email": "zeynep@example.edu.tr"}, "zaten bir hesabı var"),
        ({"name": "x" * 101}, "en fazla 100"),
    ],
)
def test_person_who_cannot_be_added_stays_in_the_form(
    admin: Browser, session: Session, over: dict[str, str], words: str
) -> None:
    admin.get("/staff/new")

    answer = admin.post("/staff/new", {**NEW, **over})

    assert answer.status_code in {409, 422}
    assert words in answer.text
    assert 'value="viewer" checked' in answer.text
    assert len(reload(session, Staff)) == 1


def test_details_are_kept(admin: Browser, session: Session, colleague: Staff) -> None:
    admin.get(f"/staff/{colleague.id}")

    form = {"name": "Can Akın", "role": "admin", "language": "en", "email": "x@example.edu.tr"}
    answer = admin.post(f"/staff/{colleague.id}", form)

    person = _person(session, "can@example.edu.tr")
    assert answer.headers["Location"] == f"/staff/{colleague.id}?said=staff_saved"
    assert (person.name, person.role, person.language) == ("Can Akın", "admin", "en")


def test_last_admin_is_told_and_stays(admin: Browser, session: Session, staff: Staff) -> None:
    admin.get(f"/staff/{staff.id}")

    form = {"name": "Z", "role": "viewer", "language": "tr"}
    demoted = admin.post(f"/staff/{staff.id}", form)
    disabled = admin.post(f"/staff/{staff.id}/disable")

    assert (demoted.status_code, disabled.status_code) == (409, 409)
    assert "tek yönetici" in demoted.text
    assert 'value="viewer" checked' in demoted.text
    assert "tek yönetici" in disabled.text
    assert _person(session, staff.email).role == Role.ADMIN


def test_new_link_is_mailed_and_its_fate_is_shown(
    admin: Browser, session: Session, colleague: Staff
) -> None:
    admin.get(f"/staff/{colleague.id}")

    answer = admin.post(f"/staff/{colleague.id}/link", {"how": "mail"})

    page = admin.get(answer.headers["Location"]).text
    assert "gönderilmeyi bekliyor" in page
    assert reload(session, StaffMail)[0].params["occasion"] == "reset"
    assert reload(session, StaffLink) == []


@pytest.mark.parametrize(
    ("act", "action"),
    [
        ("disable", "staff.disable"),
        ("reset-second-factor", "staff.reset_second_factor"),
        ("forget-identity", "staff.forget_identity"),
        ("end-logins", "staff.end_logins"),
    ],
)
def test_act_ends_sign_ins_and_is_written_down(
    admin: Browser, session: Session, colleague: Staff, act: str, action: str
) -> None:
    admin.get(f"/staff/{colleague.id}")

    answer = admin.post(f"/staff/{colleague.id}/{act}")

    left = [row.staff_id for row in reload(session, StaffLogin)]
    assert answer.status_code == 303
    assert colleague.id not in left
    assert _actions(session)[-1] == action
    assert 'role="status"' in admin.get(answer.headers["Location"]).text


def test_enabled_person_is_back(admin: Browser, session: Session, colleague: Staff) -> None:
    admin.get(f"/staff/{colleague.id}")
    admin.post(f"/staff/{colleague.id}/disable")
    shut_out = _person(session, colleague.email).disabled_at

    admin.post(f"/staff/{colleague.id}/enable")

    assert shut_out == NOW
    assert _person(session, colleague.email).disabled_at is None


def test_unknown_person_and_act_are_not_found(admin: Browser, colleague: Staff) -> None:
    admin.get("/staff")

    assert admin.get("/staff/999").status_code == 404
    assert admin.post("/staff/999/disable").status_code == 404
    assert admin.post(f"/staff/{colleague.id}/promote").status_code == 404
