"""A key made in a real browser: the page that shows it once is no page that others can walk to."""

from typing import Any

import pytest
from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from models import Role, StaffLinkPurpose
from surveys.accounts.links import make_link
from surveys.accounts.people import add_staff
from surveys.api_keys.finding import find_presented
from tests.conftest import NOW
from tests.journeys.conftest import Served
from tests.journeys.looking import collect_messages, list_faults

pytestmark = pytest.mark.browser


@pytest.fixture
def entrance(served: Served, served_session: Session) -> str:
    """The address that signs an admin in."""
    person = add_staff(
        served_session, email="a@example.edu.tr", role=Role.ADMIN, language="tr", now=NOW
    )
    link = make_link(served_session, staff=person, purpose=StaffLinkPurpose.SIGN_IN, now=NOW)
    served_session.commit()
    return f"{served.base_url}/login/link/{link}"


@pytest.mark.parametrize(
    ("width", "look"),
    [
        (360, {"color_scheme": "light"}),
        (360, {"color_scheme": "dark"}),
        (1280, {"color_scheme": "light"}),
        (1280, {"color_scheme": "dark"}),
        (360, {"java_script_enabled": False}),
    ],
)
def test_key_is_made_and_can_be_copied(
    browser: Browser,
    served: Served,
    served_session: Session,
    entrance: str,
    width: int,
    look: dict[str, Any],
) -> None:
    has_script = look.get("java_script_enabled", True)
    with browser.new_context(viewport={"width": width, "height": 800}, **look) as context:
        page = context.new_page()
        messages = collect_messages(page)
        page.goto(entrance)
        page.click("main button")
        page.goto(f"{served.base_url}/api-keys/new")
        page.fill("#name", "Mezun Bilgi Sistemi")
        page.check("input[value='rates:read']")
        page.click("main form button")

        shown = page.input_value("#secret")
        is_whole = page.locator("#secret").evaluate(
            "area => area.scrollHeight <= area.offsetHeight"
        )
        faults = list_faults(page) if has_script else []
        page.click("main a.button")
        later = page.content()

    served_session.rollback()
    assert find_presented(served_session, presented=shown, now=NOW) is not None
    assert is_whole
    assert shown.split("_", 2)[2] not in later
    assert (faults, messages) == ([], [])
