"""Two submits at the same moment: one response, and everybody sees the thanks."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models import Draft, Response
from surveys.settings import Settings
from tests.people import invite, link_to

ANSWERS = {"satisfaction": "5", "emp_status": "looking", "alumni_system": "no"}
AT_ONCE = 16


def test_sixteen_submits_make_one_response(
    app: Flask, session: Session, settings: Settings
) -> None:
    link = link_to(invite(session), settings.keys())

    def submit(number: int) -> TestResponse:
        data = {**ANSWERS, "nps": str(number % 11), "_action": "submit"}
        return app.test_client().post(link, data=data, follow_redirects=True)

    with ThreadPoolExecutor(AT_ONCE) as people:
        pages = list(people.map(submit, range(AT_ONCE)))
    session.rollback()

    assert all("Teşekkür ederiz" in page.text for page in pages)
    assert len(session.scalars(select(Response)).all()) == 1
    assert session.scalars(select(Draft)).all() == []


def test_saves_and_submit_at_once_leave_no_draft_behind(
    app: Flask, session: Session, settings: Settings
) -> None:
    link = link_to(invite(session), settings.keys())

    def send(number: int) -> int:
        action = "submit" if number == AT_ONCE // 2 else "save"
        data = {**ANSWERS, "_section": "1", "_revision": "0", "_action": action}
        return app.test_client().post(link, data=data).status_code

    with ThreadPoolExecutor(AT_ONCE) as people:
        statuses = list(people.map(send, range(AT_ONCE)))
    session.rollback()

    assert statuses.count(303) == 1
    assert set(statuses) <= {200, 303, 409}
    assert len(session.scalars(select(Response)).all()) == 1
    assert session.scalars(select(Draft)).all() == []
