"""What every answer carries, whatever became of the request."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from surveys.settings import Settings
from tests.people import invite, link_to

NAMES = {
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "X-Robots-Tag",
}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/s/x", 404),
        ("GET", "/nowhere", 404),
        ("POST", "/healthz", 405),
        ("TRACE", "/healthz", 405),
        ("TRACK", "/s/x", 405),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/static/x/base.css", 200),
        ("GET", "/static/x/none.css", 404),
        ("OPTIONS", "/s/x", 200),
    ],
)
def test_every_answer_carries_the_headers(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method)

    assert answer.status_code == status
    assert set(answer.headers.keys()) >= NAMES
    assert "Set-Cookie" not in answer.headers


def test_page_behind_a_link_is_kept_nowhere(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    page = client.get(link_to(invite(session), settings.keys()))

    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert "'unsafe" not in page.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in page.headers


def test_too_large_a_form_is_told_plainly(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    link = link_to(invite(session), settings.keys())

    answer = client.post(link, data={"comment": "a" * 2_000_000})

    assert answer.status_code == 413
    assert set(answer.headers.keys()) >= NAMES
    assert "Gönderdiğiniz içerik çok büyük" in answer.text
