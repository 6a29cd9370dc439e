"""Asking for a link by mail: the same answer for everybody, a mail for those who are here."""

import pytest
from sqlalchemy.orm import Session

from models import AuditEntry, Staff, StaffLink, StaffMail
from tests.conftest import NOW
from tests.web.staff.conftest import EMAIL, Browser, reload

PAGE = "/login/forgotten"


def test_login_page_leads_there_and_names_no_command(browser: Browser) -> None:
    page = browser.get("/login").text

    assert f'href="{PAGE}"' in page
    assert "flask" not in page
    assert browser.get(PAGE).status_code == 200


def test_person_gets_a_mail_whose_link_is_not_made_yet(
    browser: Browser, staff: Staff, session: Session
) -> None:
    browser.get(PAGE)

    browser.post(PAGE, {"email": EMAIL.upper()})

    mail = reload(session, StaffMail)[0]
    assert (mail.staff_id, mail.kind, mail.params["occasion"]) == (staff.id, "link", "forgotten")
    assert reload(session, StaffLink) == []


def test_answer_is_the_same_for_everybody(browser: Browser, staff: Staff, session: Session) -> None:
    browser.get(PAGE)
    known = browser.post(PAGE, {"email": staff.email})
    unknown = browser.post(PAGE, {"email": "nobody@example.edu.tr"})
    session.get_one(Staff, staff.id).disabled_at = NOW
    session.commit()
    disabled = browser.post(PAGE, {"email": staff.email})

    answers = {(a.status_code, a.headers["Location"]) for a in (known, unknown, disabled)}
    assert answers == {(303, "/login?said=link_on_its_way")}
    assert len(reload(session, StaffMail)) == 1
    assert len(reload(session, AuditEntry)) == 3


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.edu.tr"])
def test_fourth_request_within_the_hour_is_refused(
    browser: Browser, staff: Staff, email: str
) -> None:
    assert staff.email == EMAIL
    browser.get(PAGE)
    answers = [browser.post(PAGE, {"email": email}).status_code for _ in range(4)]

    assert answers == [303, 303, 303, 429]


def test_who_is_signed_in_stays_and_is_told(signed_in: Browser) -> None:
    signed_in.get("/staff/account")

    answer = signed_in.post(PAGE, {"email": EMAIL})

    assert answer.headers["Location"] == "/staff/account?said=link_on_its_way"
