"""The whole survey in Chromium: on a phone and a desktop, with and without scripts."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Draft, Invitation, Response
from surveys.tokens import Purpose
from tests.conftest import NOW
from tests.factories import make_mailing, make_message
from tests.journeys.conftest import Served
from tests.journeys.looking import collect_messages, list_faults
from tests.people import invite, link_to, read_reference_survey

pytestmark = pytest.mark.browser

LOOKS = [
    (width, scheme, language)
    for width in (320, 360, 1280)
    for scheme in ("light", "dark")
    for language in ("tr", "en")
]
LONG_WORD = "Çekoslovakyalılaştıramadıklarımızdanmışsınızcasınaçekoslovakyalılaştıra"


@pytest.fixture
def person(served_session: Session) -> Invitation:
    return invite(served_session)


@pytest.fixture
def url(served: Served, person: Invitation, served_session: Session) -> str:
    path = link_to(person, served.app.extensions["donut"].keys)
    served_session.rollback()
    return served.base_url + path


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 360, "height": 740}) as context:
        yield context.new_page()


def follow(page: Page, selector: str) -> None:
    """Press what leads to another page, and wait for that page."""
    with page.expect_navigation():
        page.click(selector)


def press_forward(page: Page) -> None:
    follow(page, "form button >> nth=0")


def fill_section(page: Page, number: int) -> None:
    """Answer what stands on the `number`th section; scale cells lie under their inputs."""
    if number == 1:
        page.check("[name=nps][value='9']")
        page.check("[name=satisfaction][value='4']")
    elif number == 2:
        page.check("[name=emp_status][value=full_time]")
        page.check("[name=sector][value=other]")
        page.fill("[name='sector.other']", "Tarım")
    elif number == 3:
        page.check("[name='skills.language'][value='2']")
        page.check("[name=missing_skills][value=career]")
    else:
        page.fill("[name=events_attended]", "2")
        page.fill("[name=event_date]", "15.03.2026")
        page.check("[name=alumni_system][value=yes]")


def answers_of(session: Session, table: type[Draft | Response]) -> list[dict[str, Any]]:
    session.rollback()
    return list(session.scalars(select(table.answers)))


@pytest.mark.parametrize("has_script", [True, False])
def test_survey_is_answered_on_a_phone(
    browser: Browser, served_session: Session, url: str, *, has_script: bool
) -> None:
    viewport = {"width": 360, "height": 740}
    with browser.new_context(viewport=viewport, java_script_enabled=has_script) as context:  # type: ignore[arg-type] # a TypedDict in the stubs
        page = context.new_page()
        messages = collect_messages(page)
        page.goto(url)
        for number in (1, 2, 3, 4):
            fill_section(page, number)
            press_forward(page)

        assert page.inner_text("h1") == "Teşekkür ederiz, Ayşe"

    (answers,) = answers_of(served_session, Response)
    assert (answers["nps"], answers["sector.other"], answers["event_date"]) == (
        9, "Tarım", "2026-03-15",
    )  # fmt: skip
    assert messages == []


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_every_page_can_be_read_and_touched(
    browser: Browser, url: str, width: int, scheme: Any, language: str
) -> None:
    viewport: Any = {"width": width, "height": 740}
    with browser.new_context(viewport=viewport, color_scheme=scheme) as context:
        page = context.new_page()
        messages, faults = collect_messages(page), {}
        page.goto(f"{url}?lang={language}")
        press_forward(page)
        faults["mistakes"] = list_faults(page)
        for number in (1, 2, 3, 4):
            fill_section(page, number)
            faults[f"section {number}"] = list_faults(page)
            press_forward(page)
        faults["thanks"] = list_faults(page)
        page.click("summary")
        follow(page, ".footer-links a >> nth=1")
        faults["stop"] = list_faults(page)
        follow(page, "main button")
        faults["stopped"] = list_faults(page)
        follow(page, ".footer-links a >> nth=0")
        faults["notice"] = list_faults(page)

    assert {name: found for name, found in faults.items() if found} == {}
    assert messages == []


def test_pages_stand_text_twice_as_large(browser: Browser, url: str) -> None:
    viewport: Any = {"width": 360, "height": 740}
    with browser.new_context(viewport=viewport) as context:
        context.add_init_script(
            "addEventListener('DOMContentLoaded',"
            " () => document.documentElement.style.setProperty('font-size', '200%'))"
        )
        page, faults = context.new_page(), {}
        page.goto(url)
        for number in (1, 2, 3, 4):
            fill_section(page, number)
            faults[number] = list_faults(page)
            press_forward(page)

    assert {name: found for name, found in faults.items() if found} == {}


def test_long_word_widens_no_page(
    browser: Browser, served: Served, served_session: Session
) -> None:
    document = read_reference_survey()
    for section in document["sections"]:
        section["title"] = {"tr": LONG_WORD, "en": LONG_WORD}
        for question in section["questions"]:
            question["text"] = {"tr": LONG_WORD, "en": LONG_WORD}
            for option in [*question.get("options", []), *question.get("items", [])]:
                option["text"] = {"tr": LONG_WORD, "en": LONG_WORD}
    path = link_to(invite(served_session, document=document), served.app.extensions["donut"].keys)
    served_session.rollback()

    with browser.new_context(viewport={"width": 320, "height": 740}) as context:
        page, widths = context.new_page(), []
        page.goto(served.base_url + path)
        press_forward(page)
        for number in (1, 2, 3, 4):
            fill_section(page, number)
            widths.append(page.evaluate("document.documentElement.scrollWidth"))
            press_forward(page)

    assert widths == [320] * 4


def test_eleven_points_stand_in_one_row_on_the_smallest_phone(browser: Browser, url: str) -> None:
    with browser.new_context(viewport={"width": 320, "height": 740}) as context:
        page = context.new_page()
        page.goto(url)

        tops = page.eval_on_selector_all(
            "[name=nps]", "cells => cells.map((cell) => cell.getBoundingClientRect().top)"
        )

    assert len(tops) == 11
    assert len(set(tops)) == 1


def test_answer_is_saved_at_once_and_nothing_before(
    page: Page, served_session: Session, url: str
) -> None:
    methods: list[str] = []
    page.on("request", lambda request: methods.append(request.method))

    page.goto(f"{url}?s=nps:8")
    page.wait_for_load_state("networkidle")
    before = methods.count("POST")
    page.check("[name=satisfaction][value='4']")
    page.get_by_text("Yanıtlarınız kaydedildi.").wait_for()

    assert before == 0
    assert answers_of(served_session, Draft) == [{"nps": 8, "satisfaction": 4}]


def test_script_that_presses_by_itself_saves_nothing(
    page: Page, served_session: Session, url: str
) -> None:
    page.goto(url)
    with page.expect_event("console"):
        page.evaluate(
            "document.getElementById('nps').dispatchEvent(new Event('input', {bubbles: true}));"
            "setTimeout(() => console.log('waited'), 1200)"
        )

    assert answers_of(served_session, Draft) == []


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (503, "Sunucu şu an yanıt vermiyor, yeniden deneniyor."),
        (409, "Anket başka bir sekmede açık. Sayfayı yenileyin."),
        (None, "İnternet bağlantısı yok. Bağlantı gelince yanıtınız kaydedilecek."),
    ],
)
def test_failed_save_is_told_by_its_cause(
    page: Page, url: str, status: int | None, sentence: str
) -> None:
    page.goto(url)
    page.route(
        re.compile("/s/"),
        lambda route: route.fulfill(status=status) if status else route.abort(),
    )

    page.check("[name=satisfaction][value='4']")

    page.get_by_text(sentence).wait_for()
    assert page.locator(".status-bad").count() == 1


def test_save_is_tried_again_until_the_server_answers(
    page: Page, served_session: Session, url: str
) -> None:
    refused: list[str] = []
    page.goto(url)

    def refuse_once(route: Any) -> None:
        if refused:
            route.continue_()
            return
        refused.append(route.request.url)
        route.fulfill(status=503)

    page.route(re.compile("/s/"), refuse_once)
    page.check("[name=satisfaction][value='4']")
    page.get_by_text("Yanıtlarınız kaydedildi.").wait_for()

    assert len(refused) == 1
    assert answers_of(served_session, Draft) == [{"satisfaction": 4}]


def test_question_appears_with_the_answer_that_calls_for_it(page: Page, url: str) -> None:
    page.goto(url)
    fill_section(page, 1)
    press_forward(page)

    before = page.locator("[name=job_city]").is_visible()
    page.check("[name=emp_status][value=part_time]")
    between = page.locator("[name=job_city]").is_visible()
    page.check("[name=emp_status][value=looking]")

    assert (before, between) == (False, True)
    assert not page.locator("[name=job_city]").is_visible()


def test_survey_is_answered_by_keyboard_alone(
    page: Page, served_session: Session, url: str
) -> None:
    page.goto(url)
    page.focus("#nps")
    page.keyboard.press("Space")
    for _step in range(7):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_text("Bölüm 2 / 4").wait_for()

    assert answers_of(served_session, Draft) == [{"nps": 7, "satisfaction": 1}]


def test_language_changes_without_scripts_and_enter_still_goes_on(
    browser: Browser, url: str, served_session: Session
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{url}?s=nps:7")
        follow(page, "button:text-is('English')")
        chosen = page.locator("[name=nps]:checked").get_attribute("value")
        page.check("[name=satisfaction][value='4']", force=True)
        with page.expect_navigation():
            page.keyboard.press("Enter")

        assert (page.locator("html").get_attribute("lang"), chosen) == ("en", "7")
        assert answers_of(served_session, Draft) == [{"nps": 7, "satisfaction": 4}]


def test_focus_goes_to_the_summary_of_mistakes_and_on_to_the_field(page: Page, url: str) -> None:
    page.goto(url)
    press_forward(page)
    page.locator("#error-summary:focus").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "satisfaction"


def test_mail_is_shown_in_the_browser_with_its_styles(
    page: Page, served: Served, served_session: Session, person: Invitation
) -> None:
    messages = collect_messages(page)
    mailing = make_mailing(served_session, survey=person.survey)
    make_message(served_session, mailing=mailing, invitation=person, state="sent", sent_at=NOW)
    path = link_to(person, served.app.extensions["donut"].keys, Purpose.VIEW)
    served_session.commit()

    page.goto(served.base_url + path)
    is_hidden = page.locator(".preheader").is_hidden()
    width = page.evaluate("document.documentElement.scrollWidth")
    follow(page, "text=Ankete başla")

    assert (is_hidden, width) == (True, 360)
    assert page.inner_text("h1") == "Genel değerlendirme"
    assert messages == []
