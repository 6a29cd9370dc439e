"""The log of a person's whole visit holds no link, address, answer or browser."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from surveys.settings import Settings
from surveys.tokens import Purpose
from tests.people import invite, link_to


def test_visit_leaves_no_trace_of_the_person(
    client: FlaskClient, session: Session, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    person = invite(session)
    link = link_to(person, settings.keys())
    stop = link_to(person, settings.keys(), Purpose.UNSUBSCRIBE)
    email = str(person.alumnus.email)
    browser = {"User-Agent": "Mozilla/Test", "Referer": f"https://x.example{link}"}

    for path in (link, link.replace("/s/", "/%73/"), f"{link}?s=nps:7", stop, f"{link}x"):
        client.get(path, headers=browser)
    client.post(link, data={"comment": "Gizli yanıt", "satisfaction": "5"}, headers=browser)
    client.post(stop, data={"List-Unsubscribe": "One-Click"}, headers=browser)

    assert caplog.records
    for secret in (link[3:], stop[3:], email, "Gizli", "Mozilla", "x.example", "nps:7"):
        assert secret not in caplog.text


def test_line_says_rule_status_and_duration(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/healthz")

    (line,) = [r.msg for r in caplog.records if "'event': 'request'" in str(r.msg)]

    assert isinstance(line, dict)
    assert (line["rule"], line["status"], line["method"]) == ("/healthz", 200, "GET")
    assert line["duration_ms"] >= 0
    assert re.fullmatch("req_[a-z2-7]{13}", line["request_id"])
