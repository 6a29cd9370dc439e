"""Every form of every page is posted as a browser without scripts posts it, each button once."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from surveys.extensions import db
from tests import postgresql
from tests.journeys.seeding import PASSWORD, Office, seed_office
from tests.journeys.staff_pages import list_examples
from tests.web.staff.conftest import BASE_URL, Browser
from tests.web.staff.sent_forms import Press, list_presses

# Done and led on, answered with a page or a file.
GOOD = {200, 302, 303}
REFUSED = 422
# What the title of a page says first that has sent a form back.
FAULT = "<title>Hata: "
Rewind = Callable[[], Callable[[], None]]


@pytest.fixture
def office(app: Flask, session: Session) -> Office:
    return seed_office(session, keys=app.extensions["donut"].keys)


@pytest.fixture
def presses(browser: Browser, session: Session, office: Office) -> dict[str, Press]:
    """Each press once, by the words for it; the browser is the admin's."""
    browser.sign_in(office.admin.email, PASSWORD)
    found: dict[str, Press] = {}
    for path in [path for paths in list_examples(session, office).values() for path in paths]:
        page = browser.get(path, follow_redirects=True)
        for press in list_presses(page.text, BASE_URL + page.request.path):
            found.setdefault(f"{press.path} {_tell(press)}", press)
    session.close()
    return found


def _tell(press: Press) -> str:
    name, value = list(press.sent.items(multi=True))[-1]
    return "" if name == "csrf_token" else f"{name}={value[:20]}"


@pytest.fixture
def rewind(app: Flask, engine_name: str, request: pytest.FixtureRequest) -> Rewind:
    """Return a call that keeps the database as it is, and returns one that brings it back."""
    with app.app_context():
        engine = db.engine
    own = str(engine.url.database)
    kept = f"{own}_kept"
    if engine_name == "postgresql":
        socket_folder = request.getfixturevalue("postgresql_socket")

        def copy(source: str, target: str) -> None:
            postgresql.create_database(socket_folder, target, template=source)
    else:

        def copy(source: str, target: str) -> None:
            for left in ("-wal", "-shm"):
                Path(f"{target}{left}").unlink(missing_ok=True)
            shutil.copy(source, target)

    def bring_back() -> None:
        engine.dispose()
        copy(kept, own)

    def keep() -> Callable[[], None]:
        engine.dispose()
        copy(own, kept)
        return bring_back

    return keep


def _is_answered(answer: TestResponse) -> bool:
    """Tell whether the press did something, or was sent back with its faults in words."""
    if answer.status_code in GOOD:
        return True
    return answer.status_code == REFUSED and FAULT in answer.text


def test_every_button_of_every_form_does_something_or_says_why_not(
    app: Flask, browser: Browser, presses: dict[str, Press], rewind: Rewind
) -> None:
    with browser.client.session_transaction(base_url=BASE_URL) as cookie:
        signed_in = dict(cookie)
    bring_back = rewind()
    faults = []
    for words, press in presses.items():
        client = app.test_client()
        with client.session_transaction(base_url=BASE_URL) as cookie:
            cookie.update(signed_in)
        answer = client.post(press.path, data=press.sent, base_url=BASE_URL, buffered=True)
        if not _is_answered(answer):
            faults.append(f"{words}: {answer.status_code}")
        bring_back()

    assert len(presses) > 100
    assert faults == []
