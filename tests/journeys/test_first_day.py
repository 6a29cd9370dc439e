"""A new member of staff's first day: from nothing but a spreadsheet to a survey that goes out.

No command, no documentation: what the pages say is all that is followed.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.parser import BytesParser
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import create_app
from models import Invitation, Mailing, Role, StaffLinkPurpose
from surveys.accounts.links import make_link
from surveys.accounts.people import add_staff
from surveys.extensions import Toolbox, db
from surveys.jobs.table import get_job, run_job
from surveys.settings import ROOT
from tests.conftest import NOW, SettableClock
from tests.journeys.conftest import Served
from tests.journeys.looking import collect_messages
from tests.mail_sink import Sink, running_sink

pytestmark = pytest.mark.browser

ROSTER = ROOT / "demo" / "data" / "mezunlar.xlsx"
PASSWORD = "on üç mavi bisiklet"
PEOPLE = 3_581


@pytest.fixture
def sink() -> Iterator[Sink]:
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    with running_sink() as running:
        yield running


@pytest.fixture
def background(served: Served, sink: Sink, clock: SettableClock) -> Iterator[Flask]:
    """The scheduler's side of the same house, with the sink as its mail server."""
    box: Toolbox = served.app.extensions["donut"]
    settings = replace(box.settings, mail_server="127.0.0.1", mail_port=sink.port)
    app = create_app(toolbox=Toolbox(settings=settings, keys=settings.keys(), clock=clock))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


LOOKS: dict[str, dict[str, Any]] = {
    "with scripts": {"viewport": {"width": 1280, "height": 900}},
    "without scripts": {
        "viewport": {"width": 1280, "height": 900},
        "java_script_enabled": False,
    },
    "on a phone in the dark": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
}


@pytest.fixture(params=LOOKS)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    with browser.new_context(**LOOKS[request.param]) as context:
        yield context.new_page()


def press(page: Page, name: str) -> None:
    """Press the one button or link of that name in the page's content."""
    found = page.locator("main").get_by_role("button", name=name, exact=True)
    if found.count() == 0:
        found = page.locator("main").get_by_role("link", name=name, exact=True)
    with page.expect_navigation():
        found.click()


def sign_in(page: Page, served: Served, database: Session) -> None:
    person = add_staff(
        database, email="ayse@example.edu.tr", role=Role.ADMIN, language="tr", now=NOW
    )
    secret = make_link(database, staff=person, purpose=StaffLinkPurpose.SET_PASSWORD, now=NOW)
    database.commit()
    page.goto(f"{served.base_url}/login/link/{secret}")
    page.fill("#password", PASSWORD)
    page.fill("#repeated", PASSWORD)
    press(page, "Kaydet ve oturum aç")


def set_target(page: Page, served: Served) -> None:
    press(page, "Hedefi gir")
    page.get_by_label("Başlangıç değeri").fill("12,5")
    page.get_by_label("2026", exact=True).fill("30")
    press(page, "Yeni sürüm olarak kaydet")
    page.goto(served.base_url)


def import_roster(page: Page, background: Flask) -> None:
    press(page, "İçe aktar")
    page.set_input_files("#file", ROSTER)
    press(page, "Yükle ve incele")
    press(page, "Dene")
    press(page, "İçe aktar")
    run_job(background, get_job("import-rosters"))
    page.reload()
    expect(page.get_by_role("heading", name="İçe aktarma tamamlandı")).to_be_visible()


def build_survey(page: Page) -> None:
    press(page, "Anket hazırla")
    press(page, "İlk anketi oluştur")
    page.get_by_label("Başlık (Türkçe)").fill("Mezun Anketi 2026")
    page.get_by_label("Başlık (İngilizce)").fill("Graduate Survey 2026")
    press(page, "Anketi oluştur")
    for step in ("Kitle", "E-posta ve takvim", "Kontrol ve başlat"):
        open_step(page, step)


def open_step(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.locator(".steps").get_by_role("link", name=re.compile(name)).click()


def try_the_mail(page: Page, background: Flask, sink: Sink) -> None:
    open_step(page, "E-posta ve takvim")
    press(page, "Düzenle: Davet")
    press(page, "Kendime gönder")
    run_job(background, get_job("send-staff-mail"))
    open_step(page, "Kontrol ve başlat")
    assert sink.recipients == ["ayse@example.edu.tr"]
    assert "Deneme" in str(
        BytesParser(policy=policy.default).parsebytes(sink.contents[0])["Subject"]
    )


def test_spreadsheet_becomes_a_running_survey_without_a_command(
    page: Page, served: Served, background: Flask, served_session: Session, sink: Sink
) -> None:
    messages = collect_messages(page)
    sign_in(page, served, served_session)
    set_target(page, served)
    import_roster(page, background)
    build_survey(page)
    try_the_mail(page, background, sink)
    page.get_by_label("Hemen; hatırlatmalar").check()
    count = page.locator(".reach-count .figure").inner_text()
    page.locator("#recipients").fill(count)
    press(page, f"{count} kişiye gönder")

    served_session.rollback()
    kinds = served_session.scalars(select(Mailing.kind).order_by(Mailing.position)).all()
    invited = served_session.scalar(select(func.count()).select_from(Invitation))
    assert kinds[:4] == ["invitation", "reminder", "reminder", "reminder"]
    assert invited == PEOPLE
    assert messages == []
