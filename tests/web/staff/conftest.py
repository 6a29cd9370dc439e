"""Staff in a browser's shoes: a client with the service's own origin, forms with their token."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models import Role, Staff, StaffLinkPurpose
from surveys.accounts.links import make_link
from surveys.accounts.passwords import hash_password
from surveys.accounts.people import add_staff
from surveys.extensions import db
from tests.conftest import NOW

BASE_URL = "https://anket.example.edu.tr"
EMAIL = "zeynep@example.edu.tr"
PASSWORD = "yağmurlu salı çayı"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    """One browser: keeps its cookie, and posts forms with the token of the page it looks at."""

    client: FlaskClient
    token: str = field(default="", init=False)

    def get(self, path: str, **options: Any) -> TestResponse:
        page = self.client.get(path, base_url=BASE_URL, **options)
        found = TOKEN.search(page.get_data(as_text=True))
        self.token = found[1] if found else self.token
        return page

    def post(self, path: str, data: dict[str, str] | None = None, **options: Any) -> TestResponse:
        form = {"csrf_token": self.token, **(data or {})}
        return self.client.post(path, data=form, base_url=BASE_URL, **options)

    def sign_in(self, email: str = EMAIL, password: str = PASSWORD, **options: Any) -> TestResponse:
        self.get("/login")
        return self.post("/login", {"email": email, "password": password}, **options)

    def is_signed_in(self) -> bool:
        return self.get("/staff/logins").status_code == 200


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session beside the application: each request has a context of its own, as in life."""
    with app.app_context():
        engine = db.engine
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def other_browser(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def staff(session: Session) -> Staff:
    """An editor with a password."""
    person = add_staff(session, email=EMAIL, role=Role.EDITOR, language="tr", now=NOW)
    person.password_hash = hash_password(PASSWORD)
    session.commit()
    return person


@pytest.fixture
def signed_in(browser: Browser, staff: Staff) -> Browser:
    """A browser in which the editor is signed in."""
    assert staff.password_hash
    assert browser.sign_in().status_code == 302
    return browser


def make_link_path(session: Session, staff: Staff, purpose: StaffLinkPurpose) -> str:
    """Return the path of a new one-time link."""
    secret = make_link(session, staff=staff, purpose=purpose, now=NOW)
    session.commit()
    return f"/login/link/{secret}"


def reload(session: Session, row_type: type[Any]) -> Any:
    """Return all rows of a table as they stand now."""
    session.rollback()
    session.expire_all()
    return session.scalars(select(row_type)).all()
