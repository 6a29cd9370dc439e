"""Accounts in Chromium: an admin invites a person, who sets everything up and comes back.

The mail leaves over real SMTP; the code comes from the key that the page shows.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Literal

import pyotp
import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Role, Staff, StaffLinkPurpose
from surveys.accounts.links import make_link
from surveys.accounts.passwords import hash_password
from surveys.accounts.people import add_staff
from surveys.accounts.second_factor import STEP_S
from surveys.extensions import Toolbox
from surveys.jobs.table import get_job, run_job
from tests.conftest import NOW, SettableClock
from tests.journeys.conftest import Served
from tests.journeys.looking import collect_messages, list_faults
from tests.mail_sink import Sink, running_sink

pytestmark = pytest.mark.browser

PASSWORD = "dört yeşil bavul ağlıyor"
LINK = re.compile(r"http://127\.0\.0\.1:\d+/login/link/\S+")
LONG_NAME = "Çekoslovakyalılaştıramadıklarımızdanmışsınızcasına Abdülkadiroğullarından"
PAGES = (
    "/staff",
    "/staff/new",
    "/staff/1",
    "/staff/account",
    "/staff/account/password",
    "/staff/account/second-factor",
    "/staff/logins",
    "/audit",
    "/login/confirm",
)
OPEN_PAGES = ("/login", "/login/forgotten")
LOOKS: list[tuple[int, Literal["light", "dark"], str]] = [
    (320, "dark", "tr"),
    (360, "light", "en"),
    (1280, "light", "tr"),
    (1280, "dark", "en"),
]


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as sink:
        yield sink


@pytest.fixture
def admin(served_session: Session) -> Staff:
    person = add_staff(
        served_session, email="ali@example.edu.tr", role=Role.ADMIN, language="tr", now=NOW
    )
    person.name, person.password_hash = LONG_NAME, hash_password(PASSWORD)
    served_session.commit()
    return person


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 360, "height": 800}) as context:
        yield context.new_page()


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def sign_in(page: Page, served: Served, email: str) -> None:
    page.goto(f"{served.base_url}/login")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    press(page, "Oturum aç")


def invite(page: Page, served: Served, email: str) -> None:
    page.goto(f"{served.base_url}/staff")
    page.get_by_role("link", name="Kişi ekle").click()
    page.fill("#email", email)
    page.fill("#name", "Zeynep Kaya")
    press(page, "Ekle")


def read_link(served: Served, clock: SettableClock, sink: Sink) -> str:
    """Send what waits over SMTP and return the link of the mail that arrived."""
    box = served.app.extensions["donut"]
    settings = replace(box.settings, mail_server="127.0.0.1", mail_port=sink.port)
    served.app.extensions["donut"] = Toolbox(settings=settings, keys=box.keys, clock=clock)
    run_job(served.app, get_job("send-staff-mail"))
    mail = message_from_bytes(sink.contents[-1], policy=policy.default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain",))
    assert body
    found = LINK.search(body.get_content())
    assert found
    return found[0]


def set_up_second_step(page: Page, served: Served) -> pyotp.TOTP:
    page.goto(f"{served.base_url}/staff/account")
    page.get_by_role("link", name="İkinci adımı kur").click()
    press(page, "Kur")
    page.get_by_text("Kamera çalışmıyor mu?").click()
    app = pyotp.TOTP(page.locator("code.key").inner_text().replace(" ", ""))
    page.fill("#code", app.at(NOW))
    press(page, "Aç")
    return app


def test_invited_person_sets_everything_up_and_comes_back(
    page: Page, served: Served, admin: Staff, clock: SettableClock, sink: Sink
) -> None:
    messages = collect_messages(page)
    sign_in(page, served, admin.email)
    invite(page, served, "zeynep@example.edu.tr")
    page.context.clear_cookies()

    page.goto(read_link(served, clock, sink))
    page.fill("#password", PASSWORD)
    page.fill("#repeated", PASSWORD)
    press(page, "Kaydet ve oturum aç")
    app = set_up_second_step(page, served)
    page.context.clear_cookies()
    clock.advance(timedelta(seconds=STEP_S))
    sign_in(page, served, "zeynep@example.edu.tr")
    page.fill("#code", app.at(clock.now()))
    press(page, "Oturum aç")

    assert page.url == f"{served.base_url}/"
    assert page.locator(".account summary").inner_text() == "Zeynep"
    assert messages == []


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_account_pages_are_sound(
    browser: Browser,
    served: Served,
    served_session: Session,
    admin: Staff,
    look: tuple[int, Literal["light", "dark"], str],
) -> None:
    width, scheme, language = look
    served_session.scalars(select(Staff)).one().language = language
    secret = make_link(served_session, staff=admin, purpose=StaffLinkPurpose.SIGN_IN, now=NOW)
    served_session.commit()
    faults = {}
    with browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme
    ) as context:
        page = context.new_page()
        messages = collect_messages(page)
        for path in OPEN_PAGES:
            page.goto(f"{served.base_url}{path}?lang={language}")
            faults[path] = list_faults(page)
        page.goto(f"{served.base_url}/login/link/{secret}")
        with page.expect_navigation():
            page.locator("main button").click()
        for path in PAGES:
            page.goto(f"{served.base_url}{path}")
            faults[path] = list_faults(page)
        page.goto(f"{served.base_url}/staff/account/second-factor")
        with page.expect_navigation():
            page.locator("main button").click()
        faults["set-up"] = list_faults(page)

    assert {path: found for path, found in faults.items() if found} == {}
    assert messages == []
