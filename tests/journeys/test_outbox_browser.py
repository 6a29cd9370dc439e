"""The outbox and the export in Chromium: as they look everywhere, and as figures move."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import update
from sqlalchemy.orm import Session

from models import Beat, Mailing, Message, Role, Staff, StaffLinkPurpose, StaffMail
from surveys.accounts.links import make_link
from surveys.accounts.people import add_staff
from surveys.extensions import db
from tests.conftest import NOW
from tests.exporting.answered import ANSWERS, EVERY_TYPE, add_response, make_section
from tests.factories import make_document, make_mailing, make_messages, make_survey
from tests.journeys.conftest import Served
from tests.journeys.looking import collect_messages, list_faults

pytestmark = pytest.mark.browser

LONG_WORD = "Çekoslovakyalılaştıramadıklarımızdanmışsınızcasınaçekoslovakyalılaştıra"
REPLY = "5.1.1 The account does not exist: https://support.example.com/" + "x" * 70
LOOKS = [
    (width, scheme, language)
    for width in (320, 360, 1280)
    for scheme, language in (("light", "tr"), ("dark", "en"))
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
        database, email="zeynep@example.edu.tr", role=Role.EDITOR, language="tr", now=NOW
    )
    database.commit()
    return person


@pytest.fixture
def mailing(database: Session, staff: Staff) -> Mailing:
    """A mailing with messages of every kind, a held and a paused one, and answers to export."""
    document = make_document(
        code="anket", title={"tr": LONG_WORD, "en": LONG_WORD}, sections=make_section(EVERY_TYPE)
    )
    survey = make_survey(database, document=document)
    mailing = make_mailing(database, survey=survey, state="enqueued", enqueued_at=NOW)
    make_mailing(database, survey=survey, state="held", held_at=NOW)
    paused = {"paused_at": NOW, "paused_reason": f"refused_by_policy: 554 {REPLY}"}
    make_mailing(database, survey=survey, state="enqueued", enqueued_at=NOW, **paused)
    states: dict[str, dict[str, Any]] = {
        "queued": {},
        "sent": {"sent_at": NOW},
        "failed": {"reason": "refused", "smtp_code": 550, "smtp_text": REPLY},
        "suppressed": {"reason": "no_address"},
        "unknown": {"reason": "crashed", "sending_at": NOW},
    }
    for state, over in states.items():
        make_messages(database, 3, survey=survey, mailing=mailing, state=state, **over)
    add_response(database, survey, ANSWERS)
    values = {"kind": "digest", "key": "d", "state": "failed", "reason": "refused"}
    database.add(StaffMail(staff_id=staff.id, due_at=NOW, created_at=NOW, **values))
    database.add(Beat(name="plan-mailings", at=NOW, by="here:1", result={}))
    database.commit()
    return mailing


def enter(page: Page, served: Served, database: Session, staff: Staff) -> None:
    secret = make_link(database, staff=staff, purpose=StaffLinkPurpose.SIGN_IN, now=NOW)
    database.commit()
    page.goto(f"{served.base_url}/login/link/{secret}")
    with page.expect_navigation():
        page.locator("main button").click()


def test_outbox_and_export_look_right_everywhere(
    browser: Browser, served: Served, database: Session, staff: Staff, mailing: Mailing
) -> None:
    paths = ["/outbox", "/surveys/anket/export"]
    paths += [f"/outbox/mailings/{mailing.id}/{group}" for group in ("failed", "unknown")]
    faults: dict[str, list[str]] = {}
    for width, scheme, language in LOOKS:
        staff.language = language
        size = {"width": width, "height": 740}
        with browser.new_context(viewport=size, color_scheme=scheme) as context:  # type: ignore[arg-type] # TypedDict and literals in the stubs
            page = context.new_page()
            messages = collect_messages(page)
            enter(page, served, database, staff)
            for path in paths:
                page.goto(f"{served.base_url}{path}")
                page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = 1)")
                faults[f"{path} {width} {scheme} {language}"] = list_faults(page) + messages

    assert faults == {look: [] for look in faults}


def test_figures_move_while_mails_go_out(
    browser: Browser, served: Served, database: Session, staff: Staff, mailing: Mailing
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        enter(page, served, database, staff)
        page.goto(f"{served.base_url}/outbox")
        page.fill("#reason", "yarım kalan")

        sent = {"state": "sent", "sent_at": NOW - timedelta(seconds=1)}
        of_mailing = (Message.mailing_id == mailing.id, Message.state == "queued")
        database.execute(update(Message).where(*of_mailing).values(sent))
        database.commit()
        page.get_by_text("Zamanı gelen her şey tamamlandı.").wait_for(timeout=15_000)

        assert page.locator("#outbox-live").get_attribute("hx-trigger") is None
        assert page.locator("#reason").input_value() == "yarım kalan"


def test_answers_are_downloaded_without_scripts(
    browser: Browser, served: Served, database: Session, staff: Staff, mailing: Mailing
) -> None:
    assert mailing.id
    with browser.new_context(java_script_enabled=False, accept_downloads=True) as context:
        page = context.new_page()
        enter(page, served, database, staff)
        page.goto(f"{served.base_url}/surveys/anket/export")

        page.get_by_label("SPSS").check()
        with page.expect_download() as download:
            page.get_by_role("button", name="İndir", exact=True).click()

        assert download.value.suggested_filename == "anket-yanitlar-2026-11-23.sav"
