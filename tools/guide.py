"""Take the pictures of the user guide anew: `python -m tools.guide` (make guide).

Serves a seeded office on a clock that stands still and looks at it in Chromium, so that the same
pages give the same pictures. Needs the package chromium.
"""

import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from app import create_app
from models import StaffLinkPurpose
from surveys.accounts.links import make_link
from surveys.extensions import Toolbox, db
from surveys.indicators.loading import read_indicator, save_indicator
from surveys.settings import ROOT
from tests.conftest import NOW, SettableClock, make_settings
from tests.journeys.conftest import QUIET_CHROMIUM
from tests.journeys.seeding import PLAN, Office, seed_office

PICTURES = ROOT / "docs" / "kullanim" / "resim"
PORT = 8123
# The pages name an address as an office has it; Chromium finds this server behind it.
BASE_URL = "https://anket.example.edu.tr"
AT_HOME = f"--host-resolver-rules=MAP anket.example.edu.tr:443 127.0.0.1:{PORT}"
# Above what the running survey has reached, so that the curve has something to reach.
TARGETS = {2024: Decimal(40), 2025: Decimal(45), 2026: Decimal(50), 2027: Decimal(55)}
WIDE: Any = {"width": 1280, "height": 860}
# Below what a short page says stands nothing.
MARGIN_PX = 32
# Less than lies between two cards.
GAP_PX = 12
SCROLL = "name => document.querySelector(name).closest('section, li').scrollIntoView()"
BOTTOM = "name => document.querySelector(name).getBoundingClientRect().bottom"
PHONE: Any = {"width": 360, "height": 740}


@dataclass(frozen=True)
class Shot:
    """One picture: its name, the page, what is scrolled to before, and what is shown to its end."""

    name: str
    path: str
    scroll_to: str = ""
    until: str = ""
    is_phone: bool = False


def list_shots(office: Office) -> list[Shot]:
    """Return the pictures of the guide in its order."""
    running, draft = f"/surveys/{office.running.code}", f"/surveys/{office.draft.code}"
    return [
        Shot("genel-bakis", "/", until=".grid > section"),
        Shot("genel-bakis-telefon", "/", is_phone=True),
        Shot("liste-yukle", "/roster/import"),
        Shot("liste-sutunlar", "/roster/imports/1/columns", until="main form + form"),
        Shot("liste-deneme", "/roster/imports/2"),
        Shot("liste-bitti", "/roster/imports/5"),
        Shot("anket-yeni", "/surveys/new"),
        Shot("sorular", f"{draft}/questions"),
        Shot("sorular-telefon", f"{draft}/questions", is_phone=True),
        Shot("soru-bankasi", f"{draft}/bank"),
        Shot("onizleme", f"{draft}/preview", is_phone=True),
        Shot("kitle", f"{draft}/audience", until="#audience"),
        Shot("takvim", f"{draft}/mails", until="#mails"),
        Shot("gonderim", f"{draft}/mails?open=0", scroll_to="#mail-0", until="#trial"),
        Shot("kontrol", f"{draft}/launch", until=".reach"),
        Shot("izleme", running, until=".grid > section"),
        Shot("izleme-tablo", running, scroll_to=".heat-frame"),
        Shot("metin-duzeltme", f"{running}/correct"),
        Shot("sonuclar", f"{running}/results"),
        Shot("indir", f"{running}/export"),
        Shot("mezunlar", "/roster"),
        Shot("mezun", "/roster/73", until=".person"),
        Shot("giden-kutusu", "/outbox"),
        Shot("personel", "/staff"),
        Shot("denetim-izi", "/audit"),
        Shot("hesabim", "/staff/account"),
        Shot("anahtarlar", "/api-keys"),
        Shot("anahtar-yeni", "/api-keys/new"),
        Shot("alicilar", "/webhooks"),
        Shot("alici", f"/webhooks/whe_{office.receiver}"),
    ]


@contextmanager
def served_office(folder: Path) -> Iterator[tuple[str, str, Office]]:
    """Serve a seeded office; yield its address, a one-time sign-in link, and what it holds."""
    settings = make_settings(f"sqlite:///{folder / 'guide.db'}", BASE_URL=BASE_URL)
    clock = SettableClock()
    app = create_app(toolbox=Toolbox(settings=settings, keys=settings.keys(), clock=clock))
    office, secret = _seed(app)
    server = make_server("127.0.0.1", PORT, app, threaded=True, ssl_context="adhoc")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield BASE_URL, f"{BASE_URL}/login/link/{secret}", office
    finally:
        server.shutdown()


def _seed(app: Flask) -> tuple[Office, str]:
    with app.app_context():
        upgrade(directory=str(app.extensions["migrate"].directory))
        with Session(db.engine, expire_on_commit=False) as session:
            office = seed_office(session, keys=app.extensions["donut"].keys)
            plan = read_indicator(PLAN.read_text(encoding="utf-8"), filename=PLAN.name)
            aimed = replace(plan, targets=TARGETS)
            save_indicator(session, definition=aimed, is_demo=False, now=NOW)
            purpose = StaffLinkPurpose.SIGN_IN
            secret = make_link(session, staff=office.admin, purpose=purpose, now=NOW)
            session.commit()
    return office, secret


def take(page: Page, base_url: str, shot: Shot) -> None:
    """Open the page and keep what is seen of it."""
    size = PHONE if shot.is_phone else WIDE
    page.set_viewport_size(size)
    page.goto(base_url + shot.path)
    if shot.scroll_to:
        page.evaluate(SCROLL, shot.scroll_to)
    bottom = page.evaluate(BOTTOM, shot.until or "main > :last-child")
    height = bottom + GAP_PX if shot.until else min(size["height"], bottom + MARGIN_PX)
    page.set_viewport_size({"width": size["width"], "height": round(height)})
    page.screenshot(path=PICTURES / f"{shot.name}.png", animations="disabled")


def photograph(browser: Browser, base_url: str, link: str, office: Office) -> None:
    """Take all pictures: the way in first, since it asks nobody to be signed in."""
    with browser.new_context(
        locale="tr-TR", reduced_motion="reduce", ignore_https_errors=True
    ) as context:
        page = context.new_page()
        take(page, base_url, Shot("oturum", "/login"))
        page.goto(link)
        with page.expect_navigation():
            page.click("main button")
        for shot in list_shots(office):
            take(page, base_url, shot)


def main() -> None:
    """Replace the pictures."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        raise SystemExit("Chromium is missing: install the package chromium")
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    with (
        tempfile.TemporaryDirectory() as folder,
        served_office(Path(folder)) as (base_url, link, office),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=[*QUIET_CHROMIUM, AT_HOME],
        )
        photograph(browser, base_url, link, office)
        browser.close()


if __name__ == "__main__":
    main()
