"""A real server on a free port of this machine, and Chromium to look at it."""

import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from app import create_app
from surveys.extensions import Toolbox, db
from tests.conftest import SettableClock, make_settings, skip_or_fail

QUIET_CHROMIUM = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@dataclass(frozen=True)
class Served:
    """The application as browsers reach it."""

    app: Flask
    base_url: str


@pytest.fixture
def served(database_url: str, clock: SettableClock) -> Iterator[Served]:
    """The application behind a threaded server, with the address that its links carry."""
    listener = socket.create_server(("127.0.0.1", 0))
    base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings = make_settings(database_url, BASE_URL=base_url)
    app = create_app(toolbox=Toolbox(settings=settings, keys=settings.keys(), clock=clock))
    server = make_server("127.0.0.1", 0, app, threaded=True, fd=listener.fileno())
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Served(app, base_url)
    server.shutdown()
    thread.join()
    server.server_close()
    listener.close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def served_session(served: Served) -> Iterator[Session]:
    """A session on the served database; commit to let the server see."""
    with served.app.app_context(), Session(db.engine) as session:
        yield session


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        skip_or_fail("Chromium is missing: install the package chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=QUIET_CHROMIUM)
        yield launched
        launched.close()
