"""Every page of staff in an office full of life, in both languages, on every width, in the dark.

The pages are those that the application knows: one without an example fails. One context a look,
one visit a page; the accessibility checker is asked in two looks, and the wide light Turkish look
is the one that is read closely: headings, language, weight, keyboard, text twice as large.
"""

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from models import StaffLinkPurpose
from surveys.accounts.links import make_link
from surveys.extensions import db
from tests.conftest import NOW
from tests.journeys.conftest import Served
from tests.journeys.looking import collect_messages, list_faults, list_layout_faults
from tests.journeys.page_checks import (
    list_english,
    list_focus_faults,
    list_heading_faults,
    list_strangers,
    measure_weight,
)
from tests.journeys.seeding import Office, seed_office
from tests.journeys.staff_pages import list_examples
from tools.catalogue import read_turkish

pytestmark = pytest.mark.browser

LOOKS = [
    (320, "light", "tr"),
    (320, "dark", "en"),
    (360, "light", "tr"),
    (360, "dark", "en"),
    (1280, "dark", "en"),
]
CHECKED_BY_AXE = {(360, "light"), (1280, "dark")}
# The page for a link that is used up.
EXPECTED_REFUSALS = {"/login/link/unknown"}
BUDGET_KB = 40
BUILDER_BUDGET_KB = 60
Faults = list[str]


@pytest.fixture
def database(served: Served) -> Iterator[Session]:
    """A session beside the served application."""
    with served.app.app_context():
        engine = db.engine
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def office(served: Served, database: Session) -> Office:
    return seed_office(database, keys=served.app.extensions["donut"].keys)


@pytest.fixture
def visit(
    browser: Browser, served: Served, database: Session, office: Office
) -> Callable[..., Any]:
    """Open a browser in which the admin is signed in, with the given look."""

    @contextmanager
    def open_browser(*, language: str = "tr", width: int = 1280, **look: Any) -> Iterator[Page]:
        office.admin.language = language
        link = make_link(database, staff=office.admin, purpose=StaffLinkPurpose.SIGN_IN, now=NOW)
        database.commit()
        size: Any = {"width": width, "height": 800}
        with browser.new_context(viewport=size, **look) as context:
            page = context.new_page()
            page.goto(f"{served.base_url}/login/link/{link}")
            with page.expect_navigation():
                page.click("main button")
            yield page

    return open_browser


@pytest.fixture
def addresses(served: Served, database: Session, office: Office) -> list[str]:
    examples = list_examples(database, office)
    return [served.base_url + path for paths in examples.values() for path in paths]


def collect(page: Page, addresses: list[str], look: Callable[[Page], list[str]]) -> Faults:
    """Return what `look` finds, each with the path where it found it."""
    faults: Faults = []
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        path = urlsplit(address).path
        if not answer.ok and path not in EXPECTED_REFUSALS:
            faults.append(f"{path}: {answer.status}")
        faults += [f"{path}: {fault}" for fault in look(page)]
    return faults


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_every_page_can_be_read_and_touched(
    visit: Callable[..., Any], addresses: list[str], width: int, scheme: str, language: str
) -> None:
    look = list_faults if (width, scheme) in CHECKED_BY_AXE else list_layout_faults
    with visit(language=language, width=width, color_scheme=scheme) as page:
        messages = collect_messages(page)
        strangers = list_strangers(page, addresses[0])

        faults = collect(page, addresses, look)

    assert (faults, messages, strangers) == ([], [], [])


def test_every_page_reads_well(visit: Callable[..., Any], addresses: list[str]) -> None:
    sentences = list_translated()

    def look(page: Page) -> list[str]:
        return [
            *list_layout_faults(page),
            *list_heading_faults(page),
            *(f"English: {found}" for found in list_english(page, sentences)),
            *list_weight_faults(page),
            *list_focus_faults(page),
            *(f"at 200 %: {fault}" for fault in list_faults_of_large_text(page)),
        ]

    with visit() as page:
        assert collect(page, addresses, look) == []


def list_translated() -> list[str]:
    """Return the English sentences that no Turkish page may show."""
    # The name of a language stands in that language.
    return [
        str(message.id)
        for message in read_turkish()
        if message.id not in {"", "English", message.string} and "%" not in str(message.id)
    ]


def list_weight_faults(page: Page) -> list[str]:
    weight = measure_weight(page, lambda body: len(gzip.compress(body)))
    budget = BUILDER_BUDGET_KB if page.url.endswith("/questions") else BUDGET_KB
    return [f"{weight} bytes"] if weight > budget * 1024 else []


def list_faults_of_large_text(page: Page) -> list[str]:
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    return list_layout_faults(page)
