"""Uploads as a browser sends them."""

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from models import Alumnus, Invitation, Role, Staff
from surveys.jobs.table import get_job, run_job
from tests.factories import (
    make_alumnus,
    make_invitation,
    make_mailing,
    make_message,
    make_survey,
)
from tests.web.staff.conftest import BASE_URL, Browser

Upload = Callable[..., TestResponse]


@pytest.fixture
def upload(signed_in: Browser) -> Upload:
    """Choose a file on the page and send it."""

    def send(content: bytes, filename: str = "mezunlar.csv") -> TestResponse:
        signed_in.get("/roster/import")
        file = FileStorage(io.BytesIO(content), filename)
        boundary, body = encode_multipart({"csrf_token": signed_in.token, "file": file})
        return signed_in.client.post(
            "/roster/import",
            data=body,
            content_type=f"multipart/form-data; boundary={boundary}",
            base_url=BASE_URL,
        )

    return send


@pytest.fixture
def run_import(app: Flask) -> Callable[[], object]:
    """Let the scheduler look once for an import."""
    return lambda: run_job(app, get_job("import-rosters"))


@pytest.fixture
def become(session: Session, staff: Staff) -> Callable[[Role], None]:
    """Give the signed-in person another role."""

    def change(role: Role) -> None:
        staff.role = role
        session.commit()

    return change


@pytest.fixture
def person(session: Session) -> Alumnus:
    alumnus = make_alumnus(
        session, given_name="Işıl", external_id="2023-1", attributes={"Şehir": "Çorum"}
    )
    session.commit()
    return alumnus


@pytest.fixture
def case(session: Session, person: Alumnus) -> Invitation:
    survey = make_survey(session)
    invitation = make_invitation(session, survey=survey, alumnus=person)
    mailing = make_mailing(session, survey=survey)
    make_message(
        session,
        mailing=mailing,
        invitation=invitation,
        state="failed",
        reason="refused",
        smtp_text="550 no such user",
    )
    session.commit()
    return invitation


def text_of(page: TestResponse) -> str:
    """Return what stands on a page, without its tags, in single blanks."""
    body = re.sub(r"<script.*?</script>|<[^>]+>", " ", page.get_data(as_text=True), flags=re.DOTALL)
    return " ".join(body.split())


def path_of(person: Alumnus, action: str = "") -> str:
    return f"/roster/{person.id}{action}"


def open_page(browser: Browser, person: Alumnus, action: str = "") -> str:
    return text_of(browser.get(path_of(person, action)))
