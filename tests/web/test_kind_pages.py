"""Why a link shows no form just now, said kindly and without names."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from surveys.settings import Settings
from surveys.tokens import Purpose
from tests.conftest import NOW
from tests.people import invite, link_to


@pytest.mark.parametrize(
    ("over", "status", "says"),
    [
        (
            {"opens_at": NOW + timedelta(days=1)},
            403,
            ["Anket henüz açılmadı", "24 Kasım 2026 12:00"],
        ),
        ({"closes_at": NOW - timedelta(minutes=1)}, 410, ["Anket kapandı", "23 Kasım 2026 11:59"]),
        ({"closed_at": NOW - timedelta(minutes=1)}, 410, ["Anket kapandı", "23 Kasım 2026 11:59"]),
    ],
)
def test_survey_that_takes_no_answers_says_why(
    client: FlaskClient,
    session: Session,
    settings: Settings,
    over: dict[str, Any],
    status: int,
    says: list[str],
) -> None:
    link = link_to(invite(session, **over), settings.keys())

    pages = [client.get(link), client.post(link, data={"nps": "9"})]

    for page in pages:
        assert page.status_code == status
        assert [part for part in [*says, "mezun@example.edu.tr"] if part not in page.text] == []


def test_paused_survey_shows_its_questions(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    link = link_to(invite(session, paused_at=NOW), settings.keys())

    assert client.get(link).status_code == 200


def test_closed_survey_thanks_who_answered(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    person = invite(session)
    link = link_to(person, settings.keys())
    client.post(link, data={"_action": "submit"} | answers())
    session.rollback()
    person.survey.closed_at = NOW
    session.commit()

    page = client.get(link)

    assert "Teşekkür ederiz, Ayşe" in page.text
    assert "Yanıtlarımı değiştir" not in page.text
    assert client.get(f"{link}?change=1").status_code == 410


def answers() -> dict[str, str]:
    return {"satisfaction": "5", "emp_status": "looking", "alumni_system": "no"}


@pytest.mark.parametrize(
    ("face", "foreign"),
    [("s", Purpose.VIEW), ("u", Purpose.ANSWER), ("v", Purpose.UNSUBSCRIBE)],
)
def test_unknown_links_are_told_in_one_way(
    client: FlaskClient, session: Session, settings: Settings, face: str, foreign: Purpose
) -> None:
    genuine = link_to(invite(session), settings.keys(), foreign)[3:]

    pages = [client.get(f"/{face}/{t}") for t in ("x", genuine[:-1], "a" * 32, genuine)]

    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1
    assert "mezun-izleme" not in pages[0].text


def test_unknown_link_speaks_the_language_asked_for(client: FlaskClient) -> None:
    page = client.get("/s/x?lang=en")

    assert "<h1>We don&#39;t know this link</h1>" in page.text
    assert 'lang="en"' in page.text


def test_many_unknown_links_from_one_address_are_slowed(client: FlaskClient) -> None:
    statuses = [client.get(f"/s/{number}").status_code for number in range(31)]

    assert statuses == [404] * 30 + [429]


def test_slowing_shuts_nobody_out_who_has_a_link(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    link = link_to(invite(session), settings.keys())
    for number in range(40):
        client.get(f"/u/{number}")

    refused, welcome = client.get("/u/x"), client.get(link)

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert welcome.status_code == 200
