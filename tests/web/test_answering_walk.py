"""From the mailed link to the thank-you page, as a browser without scripts goes."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models import Draft, Response
from surveys.settings import Settings
from tests.factories import make_document
from tests.form_client import fill_generically, press, read_form
from tests.people import invite, link_to
from tests.questions import make_fields

ANSWERS: dict[str, list[str] | str] = {
    "nps": "9",
    "satisfaction": "4",
    "emp_status": "full_time",
    "time_to_first_job": "m0_3",
    "sector": "other",
    "sector.other": "Tarım",
    "field_match": "5",
    "job_city": "Şırnak",
    "income_band": "na",
    "skills.field": "5",
    "skills.language": "2",
    "skills.teamwork": "4",
    "skills.digital": "3",
    "missing_skills": ["career", "other"],
    "missing_skills.other": "Sunum",
    "events_attended": "2",
    "alumni_system": "yes",
    "event_date": "15.03.2026",
    "comment": "İki satır:\r\nteşekkürler",
}
DOCUMENT = {
    "nps": 9,
    "satisfaction": 4,
    "emp_status": "full_time",
    "time_to_first_job": "m0_3",
    "sector": "other",
    "sector.other": "Tarım",
    "field_match": 5,
    "job_city": "Şırnak",
    "income_band": "na",
    "skills": {"field": 5, "language": 2, "teamwork": 4, "digital": 3},
    "missing_skills": ["career", "other"],
    "missing_skills.other": "Sunum",
    "events_attended": 2,
    "alumni_system": "yes",
    "event_date": "2026-03-15",
    "comment": "İki satır:\nteşekkürler",
}


@pytest.fixture
def link(session: Session, settings: Settings) -> str:
    return link_to(invite(session), settings.keys())


def walk(client: FlaskClient, page: TestResponse) -> TestResponse:
    for _section in range(4):
        page = press(client, page, ANSWERS)
    return page


def answers_in(session: Session) -> list[dict[str, Any]]:
    session.rollback()
    return list(session.scalars(select(Response.answers)))


def test_whole_survey_is_answered_section_by_section(
    client: FlaskClient, session: Session, link: str
) -> None:
    page = walk(client, client.get(link))

    assert "Teşekkür ederiz, Ayşe" in page.text
    assert answers_in(session) == [DOCUMENT]


def test_all_answers_in_one_form_are_enough(
    client: FlaskClient, session: Session, link: str
) -> None:
    page = client.post(link, data=ANSWERS, follow_redirects=True)

    assert "Teşekkür ederiz" in page.text
    assert answers_in(session) == [DOCUMENT]


def test_all_answers_with_the_first_page_are_kept_to_the_end(
    client: FlaskClient, session: Session, link: str
) -> None:
    first = read_form(client.get(link))
    sent = {**first.filled({}), **ANSWERS}

    page = client.post(first.action, data=sent, follow_redirects=True)
    for _section in range(3):
        page = press(client, page)

    assert "Teşekkür ederiz" in page.text
    assert answers_in(session) == [DOCUMENT]


def test_client_that_fills_by_kind_of_field_reaches_the_thanks(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    kinds = ["single_choice", "multiple_choice", "yes_no", "scale", "scale_group", "nps", "number"]
    texts = [
        make_fields("mail", "short_text", format="email", required=True),
        make_fields("phone", "short_text", format="phone", required=True),
    ]
    questions = [make_fields(f"q_{kind}", kind, required=True) for kind in kinds]
    sections = [{"title": {"tr": "Bölüm"}, "questions": part} for part in (questions, texts)]
    link = link_to(invite(session, document=make_document(sections=sections)), settings.keys())

    page = client.get(link)
    for _section in sections:
        page = press(client, page, fill_generically(read_form(page)))

    assert "Teşekkür ederiz" in page.text
    assert len(answers_in(session)) == 1


def test_first_button_goes_forward_on_every_section(client: FlaskClient, link: str) -> None:
    page, pressed = client.get(link), []
    for _section in range(4):
        pressed.append(read_form(page).buttons[0])
        page = press(client, page, ANSWERS)

    assert pressed == [("_action", "next")] * 3 + [("_action", "submit")]


def test_back_returns_to_what_was_answered(client: FlaskClient, link: str) -> None:
    second = press(client, client.get(link), ANSWERS)

    first = press(client, second, ANSWERS, button=1)

    assert read_form(first).fields["nps"] == ["9"]
    assert read_form(first).fields["_section"] == ["1"]


def test_answers_wait_on_another_device(client: FlaskClient, link: str) -> None:
    press(client, client.get(link), ANSWERS)

    page = client.application.test_client().get(link)

    assert "Tekrar hoş geldiniz, Ayşe." in page.text
    assert read_form(page).fields["_section"] == ["2"]


def test_branch_left_out_is_not_asked_and_not_kept(
    client: FlaskClient, session: Session, link: str
) -> None:
    page = press(client, client.get(link), ANSWERS)
    press(client, page, {**ANSWERS, "emp_status": "looking"})

    session.rollback()
    (draft,) = session.scalars(select(Draft.answers))

    assert draft == {"nps": 9, "satisfaction": 4, "emp_status": "looking"}


def test_answers_can_be_changed_until_closing(
    client: FlaskClient, session: Session, link: str
) -> None:
    walk(client, client.get(link))

    page = client.get(f"{link}?change=1")
    assert read_form(page).fields["nps"] == ["9"]
    for _section in range(4):
        page = press(client, page, {"nps": "3"})

    assert "Teşekkür ederiz" in page.text
    assert answers_in(session) == [{**DOCUMENT, "nps": 3}]


def test_other_answers_of_an_old_tab_are_not_thanked_for(
    client: FlaskClient, session: Session, link: str
) -> None:
    walk(client, client.get(link))

    form = {"_section": "1", "_action": "next", "nps": "1"}
    late = client.post(link, data=form, follow_redirects=True)

    assert "şimdi gönderdikleriniz kaydedilmedi" in late.text
    assert "bize ulaştı" not in late.text
    assert answers_in(session) == [DOCUMENT]


def test_second_click_shows_the_thanks_and_wipes_nothing(
    client: FlaskClient, session: Session, link: str
) -> None:
    page = client.get(link)
    walk(client, page)

    again = client.post(link, data={"_section": "4", "_action": "submit"}, follow_redirects=True)

    assert "Teşekkür ederiz" in again.text
    assert answers_in(session) == [DOCUMENT]
    assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_body_that_was_cut_off_is_refused(client: FlaskClient, session: Session, link: str) -> None:
    cut = client.post(
        link,
        data=b"_section=1&_action=next",
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"CONTENT_LENGTH": "60", "wsgi.input_terminated": True},
    )

    assert cut.status_code == 400
    assert session.scalar(select(func.count()).select_from(Draft)) == 0
