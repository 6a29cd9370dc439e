"""The builder in Chromium: from nothing to a survey by keyboard, two editors, and how it looks."""

import gzip
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from models import Role, Staff, StaffLinkPurpose, Survey
from surveys.accounts.links import make_link
from surveys.accounts.people import add_staff
from surveys.building.drafts import save_draft
from surveys.building.reading import read_definition
from surveys.extensions import db
from surveys.settings import ROOT
from tests.conftest import NOW
from tests.factories import make_alumnus, make_document, make_survey
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
BASE = "/surveys/mezun-izleme-2026"
PAGES = [
    "/surveys",
    "/surveys/new",
    f"{BASE}/questions",
    f"{BASE}/questions?open=time_to_first_job",
    f"{BASE}/questions?open=skills&gone=question",
    f"{BASE}/questions?edit=survey",
    "/surveys/long/questions?add=0",
    "/surveys/long/questions?open=nps&edit=section-0",
    f"{BASE}/bank",
    f"{BASE}/history",
    f"{BASE}/history/1",
    f"{BASE}/import",
    f"{BASE}/delete",
    f"{BASE}/preview?section=2",
]
BUDGET_BYTES = 60 * 1024
BIG_TEXT = "document.documentElement.style.fontSize = '200%'"


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
    make_alumnus(database, given_name="Ayşe")
    database.commit()
    return person


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        yield context.new_page()


def enter(page: Page, served: Served, database: Session, staff: Staff) -> None:
    secret = make_link(database, staff=staff, purpose=StaffLinkPurpose.SIGN_IN, now=NOW)
    database.commit()
    page.goto(f"{served.base_url}/login/link/{secret}")
    with page.expect_navigation():
        page.click("main button")


def load_survey(database: Session) -> None:
    text = (ROOT / "demo" / "data" / "mezun-izleme.yaml").read_text(encoding="utf-8")
    definition = read_definition(text, filename="mezun-izleme.yaml")
    save_draft(database, definition=definition, is_demo=False, now=NOW)
    document = make_document(code="long", title={"tr": LONG_WORD, "en": LONG_WORD})
    document["sections"][0]["title"] = {"tr": LONG_WORD}
    document["sections"][0]["questions"][0]["text"] = {"tr": LONG_WORD}
    make_survey(database, document=document, launched_at=None)
    database.commit()


def wait_for_revision(page: Page, number: int) -> None:
    expect(page.locator("#saved")).to_contain_text(f"{number}. düzenleme")


def list_cards(page: Page) -> list[str | None]:
    return [card.get_attribute("data-code") for card in page.locator(".question-card").all()]


def test_survey_is_made_from_a_template_and_changed_by_keyboard(
    page: Page, served: Served, database: Session, staff: Staff
) -> None:
    messages = collect_messages(page)
    enter(page, served, database, staff)
    page.goto(f"{served.base_url}/surveys")
    page.get_by_role("link", name="İlk anketi oluştur").click()
    page.get_by_label("Başlık (Türkçe)").fill("Nabız 2027")
    page.get_by_label("Nabız").check()
    page.get_by_role("button", name="Anketi oluştur").click()
    wait_for_revision(page, 1)

    page.locator("#down-nps").press("Enter")
    wait_for_revision(page, 2)
    assert page.evaluate("document.activeElement.id") == "down-nps"
    write_over(page, "comment", "Bize ne önerirsiniz?")
    wait_for_revision(page, 3)
    assert page.evaluate("document.activeElement.id") == "text.en"
    expect(page.frame_locator("#phone").locator("#comment")).to_be_visible()

    assert list_cards(page) == ["satisfaction", "nps", "comment"]
    assert messages == []


def write_over(page: Page, question: str, text: str) -> None:
    """Open a card, write another text and leave the field, all by keyboard."""
    page.locator(f"#edit-{question}").press("Enter")
    expect(page.locator("[id='text.tr']")).to_be_focused()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(text)
    page.keyboard.press("Tab")


def test_condition_rests_on_an_earlier_question(
    page: Page, served: Served, database: Session, staff: Staff
) -> None:
    load_survey(database)
    enter(page, served, database, staff)
    page.goto(f"{served.base_url}{BASE}/questions?open=satisfaction")

    page.get_by_text("Ne zaman sorulur?").press("Enter")
    page.locator("[id='show_if.question']").select_option("nps")
    wait_for_revision(page, 2)
    page.locator("[id='show_if.at_least.nps']").fill("9")
    page.locator("#edit-form .button-primary").click()
    wait_for_revision(page, 3)

    assert "yalnızca 1. soruya 9 ya da üstü" in page.locator("#q-satisfaction").inner_text()


def test_question_comes_from_the_bank_and_a_deleted_one_comes_back(
    page: Page, served: Served, database: Session, staff: Staff
) -> None:
    load_survey(database)
    enter(page, served, database, staff)
    page.goto(f"{served.base_url}{BASE}/questions")
    page.get_by_role("link", name="Soru bankasından ekle: bölüm 1").click()
    page.get_by_label("Sorularda ara").fill("aynı programı")
    page.get_by_label("Sorularda ara").press("Enter")
    page.get_by_role("button", name="Ekle: ").click()
    wait_for_revision(page, 2)
    page.get_by_role("link", name="Sorulara dön").click()

    page.get_by_role("button", name="Sil: soru 1", exact=True).click()
    wait_for_revision(page, 3)
    page.locator(".gone").get_by_role("button", name="Geri al").click()
    wait_for_revision(page, 4)

    assert list_cards(page)[:3] == ["nps", "satisfaction", "choose_again"]


def test_card_is_dragged_to_another_place(
    page: Page, served: Served, database: Session, staff: Staff
) -> None:
    load_survey(database)
    enter(page, served, database, staff)
    page.goto(f"{served.base_url}{BASE}/questions")

    page.locator("#q-nps .grip").drag_to(
        page.locator("#q-emp_status"), target_position={"x": 60, "y": 60}
    )

    wait_for_revision(page, 2)
    database.expire_all()
    survey = database.query(Survey).filter_by(code="mezun-izleme-2026").one()
    codes = [question["code"] for question in survey.definition["sections"][1]["questions"]]
    assert codes[:2] in (["emp_status", "nps"], ["nps", "emp_status"])


def test_two_editors_see_each_other_and_lose_nothing(
    browser: Browser, page: Page, served: Served, database: Session, staff: Staff
) -> None:
    load_survey(database)
    other = add_staff(
        database, email="mehmet@example.edu.tr", role=Role.EDITOR, language="tr", now=NOW
    )
    enter(page, served, database, staff)
    address = f"{served.base_url}{BASE}/questions?open=nps"
    page.goto(address)
    with browser.new_context() as context:
        theirs = context.new_page()
        enter(theirs, served, database, other)
        theirs.goto(address)
        theirs.fill("[id='text.tr']", "Bizi önerir misiniz?")
        theirs.locator("#edit-form .button-primary").click()
        wait_for_revision(theirs, 2)

    page.fill("[id='text.tr']", "Tavsiye eder misiniz?")
    page.locator("#edit-form .button-primary").click()
    expect(page.get_by_role("cell", name="Bizi önerir misiniz?")).to_be_visible()
    faults = list_faults(page)
    page.get_by_role("button", name="Benimkini kaydet").click()

    expect(page.locator("#q-nps")).to_contain_text("Tavsiye eder misiniz?")
    assert faults == []


def test_what_can_not_be_saved_is_told_and_stays_as_typed(
    page: Page, served: Served, database: Session, staff: Staff
) -> None:
    load_survey(database)
    enter(page, served, database, staff)
    page.goto(f"{served.base_url}{BASE}/questions?open=nps")
    page.context.clear_cookies()

    page.fill("[id='text.tr']", "Tavsiye eder misiniz?")
    page.keyboard.press("Tab")
    expect(page.locator("#saved")).to_contain_text("oturumunuz kapanmış")
    page.context.set_offline(True)
    page.fill("[id='text.en']", "Would you?")
    page.keyboard.press("Tab")
    expect(page.locator("#saved")).to_contain_text("bağlantı yok")

    assert page.locator("[id='text.tr']").input_value() == "Tavsiye eder misiniz?"


def test_pages_of_the_builder_look_right_everywhere(
    browser: Browser, served: Served, database: Session, staff: Staff
) -> None:
    load_survey(database)
    faults: dict[str, list[str]] = {}
    for width, scheme, language in LOOKS:
        staff.language = language
        size = {"width": width, "height": 740}
        with browser.new_context(viewport=size, color_scheme=scheme) as context:  # type: ignore[arg-type] # TypedDict and literals in the stubs
            page = context.new_page()
            enter(page, served, database, staff)
            for path in PAGES:
                found = look_at(page, f"{served.base_url}{path}")
                faults |= {f"{width} {scheme} {language} {path}": found} if found else {}

    assert faults == {}


def look_at(page: Page, address: str) -> list[str]:
    messages = collect_messages(page)
    page.goto(address)
    return [*list_faults(page), *messages]


def test_builder_can_be_read_on_a_phone_at_twice_the_size(
    page: Page, served: Served, database: Session, staff: Staff
) -> None:
    load_survey(database)
    enter(page, served, database, staff)
    page.set_viewport_size({"width": 360, "height": 740})
    page.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {BIG_TEXT} }})")

    faults = {path: look_at(page, f"{served.base_url}{path}") for path in PAGES}

    assert {path: found for path, found in faults.items() if found} == {}


def test_builder_keeps_to_its_weight(
    page: Page, served: Served, database: Session, staff: Staff
) -> None:
    load_survey(database)
    enter(page, served, database, staff)
    bodies: dict[str, int] = {}

    def weigh(response: object) -> None:
        bodies[response.url] = len(gzip.compress(response.body()))  # type: ignore[attr-defined]

    page.on("requestfinished", lambda request: weigh(request.response()))
    page.goto(f"{served.base_url}{BASE}/questions?open=skills")
    page.wait_for_load_state("networkidle")
    own = {
        url: size
        for url, size in bodies.items()
        if "preview" not in url and "respondent" not in url
    }

    assert sum(own.values()) <= BUDGET_BYTES, own
