"""Audience, schedule and launch in Chromium: counting at once, a live edit, and how it looks."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Mailing, Role, Staff, StaffLinkPurpose, Survey
from surveys.accounts.links import make_link
from surveys.accounts.people import add_staff
from surveys.building.definition import from_document
from surveys.building.drafts import save_draft
from surveys.extensions import db
from surveys.inviting.launch import launch
from tests.conftest import NOW
from tests.factories import make_alumnus, make_document
from tests.journeys.conftest import Served
from tests.journeys.looking import collect_messages, list_faults

pytestmark = pytest.mark.browser

LOOKS = [
    (320, "light", "tr"),
    (360, "dark", "en"),
    (1280, "light", "en"),
    (1280, "dark", "tr"),
]
LONG_WORD = "Çekoslovakyalılaştıramadıklarımızdanmışsınızcasınaçekoslovakyalılaştıra"
HOME = "/surveys/plan"
BOTH = {"tr": "Önerir misiniz?", "en": "Would you recommend us?"}
DOCUMENT = {
    "sections": [{"title": BOTH, "questions": [{"code": "nps", "type": "nps", "text": BOTH}]}],
    "mailings": [
        {"kind": "invitation", "at": "2026-11-28T23:30", "subject": {"tr": f"{{ad}} {LONG_WORD}"}},
        {"kind": "reminder", "after_days": 2, "subject": {"tr": "Bekliyoruz"}},
        {"kind": "thanks", "after_days": 20, "subject": {"tr": "Teşekkürler"}},
    ],
}
PAGES = ["audience", "audience/left-out/missing", "mails", "mails?open={open}", "launch"]


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
        database, email="zeynep@example.edu.tr", role=Role.EDITOR, language="tr", now=NOW
    )
    for unit in ("Tıp Fakültesi", "Tıp Fakültesi", "Hukuk Fakültesi", LONG_WORD):
        make_alumnus(database, given_name="Ayşe", unit=unit, attributes={"Kampüs": unit})
    make_alumnus(database, family_name=LONG_WORD, email=None, email_fault="missing")
    database.commit()
    return person


@pytest.fixture
def draft(database: Session, staff: Staff) -> Survey:
    assert staff.id
    definition = from_document(make_document(code="plan", **DOCUMENT))
    survey = save_draft(database, definition=definition, is_demo=False, now=NOW)
    database.commit()
    return survey


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        yield context.new_page()


def enter(page: Page, served: Served, database: Session, staff: Staff) -> None:
    secret = make_link(database, staff=staff, purpose=StaffLinkPurpose.SIGN_IN, now=NOW)
    database.commit()
    page.goto(f"{served.base_url}/login/link/{secret}")
    with page.expect_navigation():
        page.locator("main button").first.click()


def start(database: Session, served: Served, draft: Survey) -> list[Mailing]:
    """Launch the draft and return its mailings."""
    keys = served.app.extensions["donut"].keys
    launch(database, survey=draft, keys=keys, now=NOW, due_now=False)
    database.commit()
    return list(database.scalars(select(Mailing).order_by(Mailing.position)))


def test_ticking_a_unit_counts_at_once_and_can_be_undone(
    page: Page, served: Served, database: Session, staff: Staff, draft: Survey
) -> None:
    messages = collect_messages(page)
    enter(page, served, database, staff)
    page.goto(f"{served.base_url}/surveys/{draft.code}/audience")
    figure = page.locator(".reach .figure")
    expect(figure).to_have_text("4")

    page.locator("summary", has_text="Fakülte veya birim").click()
    page.get_by_label("Tıp Fakültesi").first.check()
    expect(figure).to_have_text("2")
    expect(page.get_by_label("Tıp Fakültesi").first).to_be_focused()
    page.get_by_role("button", name="Geri al").click()

    expect(figure).to_have_text("4")
    assert messages == []


def test_field_is_put_where_the_cursor_stands_and_saved_at_once(
    page: Page, served: Served, database: Session, staff: Staff, draft: Survey
) -> None:
    enter(page, served, database, staff)
    page.goto(f"{served.base_url}/surveys/{draft.code}/mails?open=1")
    subject = page.get_by_label("Konu (Türkçe)")

    subject.press("Home")
    page.get_by_role("button", name="{ad|Mezunumuz}", exact=True).click()

    expect(subject).to_have_value("{ad|Mezunumuz}Bekliyoruz")
    expect(subject).to_be_focused()
    expect(page.locator("#mail-1 .stop-subject")).to_have_text("{ad|Mezunumuz}Bekliyoruz")
    expect(page.locator("#saved")).to_contain_text("2. düzenleme")
    expect(page.get_by_role("button", name="{ad|Mezunumuz}", exact=True)).to_be_visible()


def test_mail_opens_again_after_it_was_saved(
    page: Page, served: Served, database: Session, staff: Staff, draft: Survey
) -> None:
    enter(page, served, database, staff)
    page.goto(f"{served.base_url}/surveys/{draft.code}/mails?open=1#mail-1")
    page.get_by_role("button", name="Kaydet ve kapat").click()
    expect(page.get_by_label("Konu (Türkçe)")).to_have_count(0)

    page.get_by_role("link", name="Düzenle: 1. hatırlatma").click()

    expect(page.get_by_label("Konu (Türkçe)")).to_have_value("Bekliyoruz")


def test_live_reminder_is_changed_and_stopped(
    page: Page, served: Served, database: Session, staff: Staff, draft: Survey
) -> None:
    reminder = start(database, served, draft)[1]
    enter(page, served, database, staff)
    page.goto(f"{served.base_url}{HOME}/mails?open={reminder.id}")

    page.get_by_label("Konu (Türkçe)").fill("Son günler")
    with page.expect_navigation():
        page.get_by_role("button", name="4 kişi için kaydet").click()
    row = page.locator(f"#mail-{reminder.id}")
    expect(row).to_contain_text("Son günler")
    with page.expect_navigation():
        row.get_by_role("link", name="Düzenle").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Durdur: 4 kişiye gitmeyecek").click()

    expect(row).to_contain_text("durduruldu")


@pytest.mark.parametrize("is_live", [False, True])
@pytest.mark.parametrize("look", LOOKS)
def test_pages_of_the_plan_have_no_faults(
    browser: Browser,
    served: Served,
    database: Session,
    draft: Survey,
    look: tuple[int, str, str],
    *,
    is_live: bool,
) -> None:
    width, scheme, language = look
    staff = database.scalars(select(Staff)).one()
    staff.language = language
    opened = start(database, served, draft)[1].id if is_live else 1
    paths = [path.format(open=opened) for path in (PAGES[:-1] if is_live else PAGES)]
    with browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
    ) as context:
        page = context.new_page()
        messages = collect_messages(page)
        enter(page, served, database, staff)
        looked = {path: look_at(page, f"{served.base_url}{HOME}/{path}") for path in paths}

    assert ({path: faults for path, faults in looked.items() if faults}, messages) == ({}, [])


def look_at(page: Page, address: str) -> list[str]:
    page.goto(address)
    page.evaluate("document.querySelectorAll('main details').forEach((d) => (d.open = true))")
    return list(list_faults(page))
