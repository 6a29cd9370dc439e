"""The staff pages in Chromium: signing in by a link, the overview, signing out."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Invitation, Role, Staff, StaffLinkPurpose, StaffLogin
from surveys.accounts.links import make_link
from surveys.accounts.people import add_staff
from surveys.extensions import db
from surveys.indicators.loading import read_indicator, save_indicator
from surveys.settings import ROOT
from tests.conftest import NOW
from tests.crowd import add_people, answer_all, invite_all
from tests.factories import make_document, make_mailing, make_message, make_survey
from tests.journeys.conftest import Served
from tests.journeys.looking import collect_messages, list_faults

pytestmark = pytest.mark.browser

PLAN = ROOT / "demo" / "data" / "PG3.3.5.yaml"
PASSWORD = "dört yeşil bavul ağlıyor"
LONG_WORD = "Çekoslovakyalılaştıramadıklarımızdanmışsınızcasınaçekoslovakyalılaştıra"
LOOKS = [
    (width, scheme, language)
    for width in (320, 360, 1280)
    for scheme in ("light", "dark")
    for language in ("tr", "en")
]


@pytest.fixture
def database(served: Served) -> Iterator[Session]:
    """A session beside the served application."""
    with served.app.app_context():
        engine = db.engine
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def staff(database: Session) -> Staff:
    person = add_staff(
        database, email="zeynep.yilmaz@example.edu.tr", role=Role.ADMIN, language="tr", now=NOW
    )
    database.commit()
    return person


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        yield context.new_page()


def link_to(served: Served, database: Session, staff: Staff, purpose: StaffLinkPurpose) -> str:
    secret = make_link(database, staff=staff, purpose=purpose, now=NOW)
    database.commit()
    return f"{served.base_url}/login/link/{secret}"


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def fill_everything(database: Session) -> None:
    """A running survey with answers, mailings, doubts and a title that breaks narrow pages."""
    text = PLAN.read_text(encoding="utf-8")
    definition = read_indicator(text, filename=PLAN.name)
    save_indicator(database, definition=definition, is_demo=True, now=NOW)
    document = make_document(title={"tr": LONG_WORD, "en": LONG_WORD})
    opens_at = NOW - timedelta(days=20)
    survey = make_survey(
        database, document=document, indicator_code="PG3.3.5", is_demo=True, opens_at=opens_at
    )
    people = add_people(database, 400, is_demo=True)
    invite_all(database, survey, people)
    for day in range(20):
        at = opens_at + timedelta(days=day, hours=5)
        answer_all(database, survey, people[day * 4 : day * 4 + 4], at=at)
    for day, kind in enumerate(["invitation", "reminder", "reminder", "reminder"]):
        make_mailing(database, survey=survey, kind=kind, due_at=opens_at + timedelta(days=day * 8))
    mailing = make_mailing(database, survey=survey, state="held", held_at=NOW)
    invitation = database.scalars(select(Invitation)).first()
    assert invitation is not None
    make_message(database, mailing=mailing, invitation=invitation, state="unknown", reason="lost")
    database.commit()


def test_staff_set_a_password_look_and_sign_out(
    page: Page, served: Served, database: Session, staff: Staff
) -> None:
    messages = collect_messages(page)
    page.goto(link_to(served, database, staff, StaffLinkPurpose.SET_PASSWORD))
    page.fill("#password", PASSWORD)
    page.fill("#repeated", PASSWORD)
    press(page, "Kaydet ve oturum aç")
    arrived = page.url
    page.click(".account summary")
    press(page, "Çıkış")

    database.rollback()
    assert arrived == f"{served.base_url}/"
    assert page.url == f"{served.base_url}/login"
    assert database.scalars(select(StaffLogin)).all() == []
    assert messages == []


def test_staff_sign_in_with_their_password_and_change_language(
    page: Page, served: Served, database: Session, staff: Staff
) -> None:
    page.goto(link_to(served, database, staff, StaffLinkPurpose.SET_PASSWORD))
    page.fill("#password", PASSWORD)
    page.fill("#repeated", PASSWORD)
    press(page, "Kaydet ve oturum aç")
    page.context.clear_cookies()

    page.goto(f"{served.base_url}/")
    page.fill("#email", staff.email)
    page.fill("#password", PASSWORD)
    press(page, "Oturum aç")
    page.click(".account summary")
    press(page, "English")

    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("heading", name="First steps").is_visible()


def test_wrong_sign_in_puts_the_reader_at_the_fault(
    page: Page, served: Served, staff: Staff
) -> None:
    page.goto(f"{served.base_url}/login")
    page.fill("#email", staff.email)
    page.fill("#password", "wrong")
    press(page, "Oturum aç")

    assert page.locator(":focus").inner_text().startswith("Lütfen yazdıklarınızı kontrol edin")
    assert page.title().startswith("Hata: ")
    assert list_faults(page) == []


def test_staff_pages_look_right_everywhere(
    browser: Browser, served: Served, database: Session, staff: Staff
) -> None:
    fill_everything(database)
    faults: dict[str, list[str]] = {}
    for width, scheme, language in LOOKS:
        staff.language = language
        link = link_to(served, database, staff, StaffLinkPurpose.SIGN_IN)
        size = {"width": width, "height": 740}
        with browser.new_context(viewport=size, color_scheme=scheme) as context:  # type: ignore[arg-type] # TypedDict and literals in the stubs
            faults[f"{width} {scheme} {language}"] = look_around(context.new_page(), served, link)

    assert faults == {look: [] for look in faults}


def look_around(page: Page, served: Served, link: str) -> list[str]:
    """Return what is wrong with any of the pages on the way in."""
    messages = collect_messages(page)
    faults: list[str] = []
    page.goto(link)
    faults += list_faults(page)
    with page.expect_navigation():
        page.click("main button")
    page.click("figure summary")
    faults += list_faults(page)
    page.click(".account summary")
    faults += list_faults(page)
    page.goto(f"{served.base_url}/staff/logins")
    return faults + list_faults(page) + messages


def test_empty_overview_looks_right(
    page: Page, served: Served, database: Session, staff: Staff
) -> None:
    page.goto(link_to(served, database, staff, StaffLinkPurpose.SIGN_IN))
    press(page, "Oturum aç")

    faults = list_faults(page)

    assert faults == []
    assert page.locator(".todos li").count() == 3


def test_overview_on_paper_shows_the_wide_drawing_and_no_buttons(
    page: Page, served: Served, database: Session, staff: Staff
) -> None:
    fill_everything(database)
    page.goto(link_to(served, database, staff, StaffLinkPurpose.SIGN_IN))
    press(page, "Oturum aç")

    page.emulate_media(media="print")

    assert page.locator(".chart-wide").is_visible()
    assert not page.locator(".chart-narrow").is_visible()
    assert not page.locator(".account").is_visible()
    assert page.locator("#definition").is_visible()
