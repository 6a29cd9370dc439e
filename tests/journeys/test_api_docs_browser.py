"""The API's documentation in Chromium: read on a phone and a desktop, in both languages."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import Served
from tests.journeys.looking import collect_messages, list_faults
from tests.journeys.page_checks import list_focus_faults, list_heading_faults, list_strangers

pytestmark = pytest.mark.browser

LOOKS = [
    (320, "light", "tr"),
    (360, "dark", "tr"),
    (360, "light", "en"),
    (1280, "light", "tr"),
    (1280, "dark", "en"),
]


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_documentation_can_be_read(
    browser: Browser, served: Served, width: int, scheme: str, language: str
) -> None:
    url = f"{served.base_url}/api/v1/docs?lang={language}"
    with browser.new_context(
        viewport={"width": width, "height": 740},
        color_scheme="dark" if scheme == "dark" else "light",
    ) as context:
        page = context.new_page()
        messages, strangers = collect_messages(page), list_strangers(page, url)
        page.goto(url)
        page.evaluate("document.querySelectorAll('details').forEach((e) => { e.open = true; })")

        assert list_faults(page) == []
        assert list_heading_faults(page) == []
        assert list_focus_faults(page) == []
        assert messages == []
        assert strangers == []
