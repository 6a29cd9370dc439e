"""Signing in with a second factor: the code page, and the way through its set-up."""

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy.orm import Session

from models import AuditEntry, Staff, StaffLinkPurpose, StaffLogin
from surveys.accounts import second_factor
from surveys.settings import Settings
from tests.conftest import NOW, SettableClock
from tests.web.staff.conftest import Browser, make_link_path, reload

SETUP = "/staff/account/second-factor"
KEY = re.compile(r'<code class="key">([^<]+)</code>')
STEP = timedelta(seconds=30)


@pytest.fixture
def app_code(session: Session, staff: Staff, settings: Settings) -> pyotp.TOTP:
    """The phone of a person whose second factor is on."""
    person, keys = session.get_one(Staff, staff.id), settings.keys()
    second_factor.begin_setup(person, keys=keys)
    secret = second_factor.read_secret(person, keys=keys)
    person.totp_confirmed_at = NOW
    session.commit()
    return pyotp.TOTP(secret)


def test_password_alone_opens_nothing(browser: Browser, app_code: pyotp.TOTP) -> None:
    assert app_code
    answer = browser.sign_in()

    assert answer.headers["Location"] == "/login/code?next=%2F"
    assert not browser.is_signed_in()


def test_code_finishes_the_sign_in_and_leads_on(browser: Browser, app_code: pyotp.TOTP) -> None:
    browser.sign_in(query_string={"next": "/staff/account"})
    page = browser.get("/login/code?next=/staff/account")

    answer = browser.post("/login/code?next=/staff/account", {"code": app_code.at(NOW)})

    assert page.status_code == 200
    assert answer.headers["Location"] == "/staff/account"
    assert browser.is_signed_in()


def test_wrong_code_is_asked_again(
    browser: Browser, app_code: pyotp.TOTP, session: Session
) -> None:
    browser.sign_in()
    browser.get("/login/code")

    answer = browser.post("/login/code", {"code": "000000"})

    assert app_code
    assert answer.status_code == 422
    assert "Bu kod uymuyor" in answer.get_data(as_text=True)
    assert reload(session, StaffLogin) == []


def test_used_code_opens_no_second_sign_in(
    browser: Browser, other_browser: Browser, app_code: pyotp.TOTP
) -> None:
    for one in (browser, other_browser):
        one.sign_in()
        one.get("/login/code")
    code = app_code.at(NOW)

    first = browser.post("/login/code", {"code": code})
    second = other_browser.post("/login/code", {"code": code})

    assert (first.status_code, second.status_code) == (302, 422)


def test_sixth_code_is_not_looked_at_from_anywhere(browser: Browser, app_code: pyotp.TOTP) -> None:
    browser.sign_in()
    browser.get("/login/code")
    for number in range(5):
        browser.post("/login/code", {"code": "0"}, environ_base={"REMOTE_ADDR": f"10.0.0.{number}"})

    answer = browser.post("/login/code", {"code": app_code.at(NOW)})

    assert answer.status_code == 429


def test_half_a_sign_in_is_forgotten_after_five_minutes(
    browser: Browser, app_code: pyotp.TOTP, clock: SettableClock
) -> None:
    browser.sign_in()
    browser.get("/login/code")
    clock.advance(timedelta(minutes=5))

    answer = browser.post("/login/code", {"code": app_code.at(clock.now())})

    assert answer.headers["Location"] == "/login"
    assert not browser.is_signed_in()


def test_code_page_without_a_password_leads_back(browser: Browser) -> None:
    assert browser.get("/login/code").headers["Location"] == "/login"


def test_disabled_person_gets_no_further(
    browser: Browser, app_code: pyotp.TOTP, session: Session, staff: Staff
) -> None:
    browser.sign_in()
    browser.get("/login/code")
    session.get_one(Staff, staff.id).disabled_at = NOW
    session.commit()

    assert browser.post("/login/code", {"code": app_code.at(NOW)}).status_code == 422


def test_one_time_link_asks_for_the_code_too(
    browser: Browser, app_code: pyotp.TOTP, session: Session, staff: Staff
) -> None:
    path = make_link_path(session, staff, StaffLinkPurpose.SIGN_IN)
    browser.get(path)

    answer = browser.post(path)

    assert app_code
    assert answer.headers["Location"].startswith("/login/code")
    assert not browser.is_signed_in()


def test_set_up_from_picture_to_first_code(signed_in: Browser, session: Session) -> None:
    signed_in.get(SETUP)
    signed_in.post(f"{SETUP}/begin")
    page = signed_in.get(SETUP).get_data(as_text=True)
    key = KEY.search(page)
    assert key

    answer = signed_in.post(SETUP, {"code": pyotp.TOTP(key[1].replace(" ", "")).at(NOW)})

    assert 'src="data:image/svg+xml' in page
    assert answer.headers["Location"] == "/staff/account?said=second_factor_on"
    assert reload(session, Staff)[0].totp_confirmed_at == NOW
    assert KEY.search(signed_in.get(SETUP).get_data(as_text=True)) is None
    actions = [entry.action for entry in reload(session, AuditEntry)]
    assert actions[-2:] == ["staff.begin_second_factor", "staff.set_second_factor"]


def test_set_up_with_a_wrong_code_stays_off(signed_in: Browser, session: Session) -> None:
    signed_in.get(SETUP)
    signed_in.post(f"{SETUP}/begin")

    answer = signed_in.post(SETUP, {"code": "000000"})

    assert answer.status_code == 422
    assert 'src="data:image/svg+xml' in answer.get_data(as_text=True)
    assert reload(session, Staff)[0].totp_confirmed_at is None


def test_second_factor_is_switched_off(
    browser: Browser, app_code: pyotp.TOTP, session: Session
) -> None:
    browser.sign_in()
    browser.get("/login/code")
    browser.post("/login/code", {"code": app_code.at(NOW)})
    browser.get(SETUP)

    answer = browser.post(f"{SETUP}/remove")

    assert answer.headers["Location"] == "/staff/account?said=second_factor_off"
    assert reload(session, Staff)[0].totp_sealed is None
