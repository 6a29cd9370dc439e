"""The privacy notice, in both languages, for every survey that people are asked."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.people import invite


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("tr", ["6698 sayılı", "Veri sorumlusu: Örnek Üniversitesi", "11. maddesi", "Sürüm: 1"]),
        ("en", ["no. 6698", "data controller is Example University", "article 11", "Version: 1"]),
    ],
)
def test_notice_says_what_the_law_asks(
    client: FlaskClient, session: Session, language: str, parts: list[str]
) -> None:
    invite(session)

    page = client.get(f"/privacy/mezun-izleme-2026?lang={language}")

    assert [part for part in parts if part not in page.text] == []
    assert "mezun@example.edu.tr" in page.text
    assert "checkbox" not in page.text


def test_notice_of_a_draft_is_not_visible(client: FlaskClient, session: Session) -> None:
    invite(session, launched_at=None)

    assert client.get("/privacy/mezun-izleme-2026").status_code == 404
    assert client.get("/privacy/none").status_code == 404
