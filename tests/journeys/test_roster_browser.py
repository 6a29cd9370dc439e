"""From a spreadsheet to a person's page in Chromium, and every roster page as people see it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from models import Role, StaffLinkPurpose, Suppression
from surveys.accounts.links import make_link
from surveys.accounts.people import add_staff
from surveys.jobs.table import get_job, run_job
from tests.conftest import NOW
from tests.factories import (
    make_alumnus,
    make_invitation,
    make_mailing,
    make_message,
    make_survey,
)
from tests.journeys.conftest import Served
from tests.journeys.looking import collect_messages, list_faults
from tests.roster.files import DEMO_DATA
from tests.roster.uploads import make_list, stage, stage_and_try

pytestmark = pytest.mark.browser

BIG_TEXT = "document.documentElement.style.fontSize = '200%'"
OPEN_ALL = "for (const e of document.querySelectorAll('main details')) e.open = true"
LOOKS = [(320, "light", "tr"), (360, "dark", "en"), (1280, "light", "en"), (1280, "dark", "tr")]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        yield context.new_page()


def sign_in(page: Page, served: Served, session: Session, *, language: str = "tr") -> None:
    person = add_staff(
        session, email="zeynep@example.edu.tr", role=Role.ADMIN, language=language, now=NOW
    )
    secret = make_link(session, staff=person, purpose=StaffLinkPurpose.SIGN_IN, now=NOW)
    session.commit()
    page.goto(f"{served.base_url}/login/link/{secret}")
    with page.expect_navigation():
        page.locator("main button").first.click()


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def test_spreadsheet_becomes_graduates(page: Page, served: Served, served_session: Session) -> None:
    messages = collect_messages(page)
    sign_in(page, served, served_session)

    page.goto(f"{served.base_url}/roster")
    page.get_by_role("link", name="Mezunları içe aktar").last.click()
    page.get_by_label("Excel ya da CSV dosyası").set_input_files(DEMO_DATA / "mezunlar.xlsx")
    press(page, "Yükle ve incele")
    assert page.get_by_label("Öğrenci No").input_value() == "external_id"
    press(page, "Dene")
    assert page.locator("dd").first.inner_text() == "3.581"
    press(page, "İçe aktar")
    run_job(served.app, get_job("import-rosters"))
    page.get_by_role("heading", name="İçe aktarma tamamlandı").wait_for()

    page.get_by_role("link", name="Mezunlara bak").click()
    page.get_by_label("Ad, numara, e-posta").fill("isil")
    press(page, "Ara")
    page.get_by_role("link", name="Işıl").first.click()
    page.wait_for_url("**/roster/*")
    assert "Işıl" in page.locator("h1").inner_text()
    assert messages == []


def fill_roster(session: Session) -> list[str]:
    """People and imports in every state; returns the pages that show them."""
    person = make_alumnus(session, given_name="Işıl Nurgül", attributes={"Şehir": "Çorum" * 15})
    survey = make_survey(session)
    case = make_invitation(session, survey=survey, alumnus=person)
    mailing = make_mailing(session, survey=survey)
    failed = {"state": "failed", "reason": "refused", "smtp_text": "550 " + "x" * 70}
    make_message(session, mailing=mailing, invitation=case, **failed)
    row = {"address_hash": "x", "reason": "unsubscribed", "created_at": NOW}
    session.add(Suppression(alumnus_id=person.id, note="telefonla " * 20, **row))
    faulty = make_list(3) + b"\r\n;Ali;;yok;20\r\n9;Can;;y@gmial.com;2024"
    chosen, tried = stage(session, faulty), stage_and_try(session, faulty)
    running = stage(session, faulty)
    running.state, running.claimed_by, running.lease_until = "running", "x", NOW
    running.total_count = 9
    session.commit()
    imports = [f"/roster/imports/{row.id}" for row in (chosen, tried, running)]
    own = [f"/roster/{person.id}", f"/roster/{person.id}/data"]
    listed = ["/roster", "/roster?search=qqq", "/roster/suppressions", "/roster/import"]
    return [*listed, "/roster/imports", *own, *imports]


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_roster_pages_are_readable(
    browser: Browser,
    served: Served,
    served_session: Session,
    width: int,
    scheme: str,
    language: str,
) -> None:
    paths = fill_roster(served_session)
    options = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    with browser.new_context(**options) as context:  # type: ignore[arg-type] # as Playwright says
        page = context.new_page()
        messages = collect_messages(page)
        sign_in(page, served, served_session, language=language)
        faults = {}
        for path in paths:
            page.goto(f"{served.base_url}{path}")
            page.evaluate(OPEN_ALL)
            faults[path] = list_faults(page)

    assert {path: found for path, found in faults.items() if found} == {}
    assert messages == []


def test_roster_pages_bear_text_of_twice_the_size(
    page: Page, served: Served, served_session: Session
) -> None:
    paths = fill_roster(served_session)
    sign_in(page, served, served_session)
    page.set_viewport_size({"width": 640, "height": 800})
    faults = {}
    for path in paths:
        page.goto(f"{served.base_url}{path}")
        page.evaluate(BIG_TEXT)
        faults[path] = list_faults(page)

    assert {path: found for path, found in faults.items() if found} == {}
