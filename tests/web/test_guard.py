"""Which requests are let in."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from surveys.settings import Settings
from tests.people import invite, link_to

OWN = "https://anket.example.edu.tr"


@pytest.fixture
def link(session: Session, settings: Settings) -> str:
    return link_to(invite(session), settings.keys())


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Origin": OWN}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": OWN}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": f"{OWN}.evil.example"}, 403),
    ],
)
def test_form_is_taken_from_our_own_pages_only(
    client: FlaskClient, link: str, headers: dict[str, str], status: int
) -> None:
    form = {"satisfaction": "5", "_section": "1", "_action": "next"}

    assert client.post(link, data=form, headers=headers).status_code == status


def test_link_followed_from_elsewhere_opens(client: FlaskClient, link: str) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"}

    assert client.get(link, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("anket.example.edu.tr", 200),
        ("anket.example.edu.tr:8443", 200),
        ("localhost:8000", 200),
        ("127.0.0.1", 200),
        ("evil.example", 400),
        ("anket.example.edu.tr.evil.example", 400),
        ("127.0.0.1.evil.example", 400),
    ],
)
def test_unknown_host_is_refused(client: FlaskClient, link: str, host: str, status: int) -> None:
    page = client.get(link, headers={"Host": host})

    assert page.status_code == status
    assert "evil.example" not in page.text


def test_forwarding_headers_change_nothing_without_a_proxy(client: FlaskClient, link: str) -> None:
    spoofed = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "9.9.9.9"}

    page = client.get(link, headers=spoofed)

    assert page.status_code == 200
    assert "evil.example" not in page.text
