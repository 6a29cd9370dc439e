"""A launched survey's page: its rate with formula, its mailings, its groups, small ones hidden."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Invitation, Role, Staff, Survey
from tests.conftest import NOW, SettableClock
from tests.crowd import add_people, answer_all, invite_all
from tests.factories import make_document, make_mailing, make_message, make_survey
from tests.web.staff.conftest import Browser

CODE = "anket-2026"
PATH = f"/surveys/{CODE}"


def run_survey(session: Session, **over: Any) -> Survey:
    """50 people of two faculties invited, 20 of them done."""
    document = make_document(code=CODE, title={"tr": "Anket <2026>"})
    survey = make_survey(session, document=document, **over)
    people = add_people(session, 50)
    invite_all(session, survey, people[:30], unit="Hukuk", graduation_year=2024, degree="Lisans")
    invite_all(session, survey, people[30:], unit="Tıp", graduation_year=2025, degree="Lisans")
    answer_all(session, survey, people[:20])
    session.commit()
    return survey


def show(browser: Browser, path: str = PATH) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_page_shows_the_rates_of_the_command(
    app: Flask, signed_in: Browser, session: Session
) -> None:
    run_survey(session)

    page = show(signed_in)

    with app.app_context():
        told = app.test_cli_runner().invoke(args=["rates", CODE, "--json"]).output
    rate = json.loads(told)["rates"]["RR1"]
    assert (rate["numerator"], rate["denominator"]) == (20, 50)
    assert '<p class="figure">%40,0</p>' in page
    assert "Davet edilen 50 kişiden 20 kişi anketi tamamladı." in page
    assert "<dt>RR1 = I / (I+P+R+NC+O+UH+UO)</dt><dd>20 / 50</dd>" in page
    assert "23 Kasım 2026 12:00 itibarıyla" in page
    assert "Anket &lt;2026&gt;" in page
    assert "Anket <2026>" not in page


def test_buttons_of_the_page_lead_somewhere(signed_in: Browser, session: Session) -> None:
    run_survey(session)
    head = show(signed_in).partition("<section")[0]

    led = {path: signed_in.get(path).status_code for path in re.findall(rf'"({PATH}/\w+)"', head)}

    steps = ("results", "export", "mails", "correct")
    assert led == dict.fromkeys((f"{PATH}/{step}" for step in steps), 200)


def test_page_tells_groups_and_outcomes(signed_in: Browser, session: Session) -> None:
    run_survey(session)

    page = show(signed_in)

    assert re.search(r"Hukuk.*?20 / 30</td>\s*<td class=\"number\">%66,7", page, re.DOTALL)
    assert re.search(r"e-posta gönderildi, karşılık yok</th><td class=\"number\">30</td>", page)


def test_page_hides_a_small_group_everywhere(signed_in: Browser, session: Session) -> None:
    survey = run_survey(session)
    invite_all(session, survey, add_people(session, 3), unit="Doktora", graduation_year=2025)
    session.commit()

    page = show(signed_in)

    row = re.findall(r"Doktora</th>.*?</tr>|Doktora\s*</th>.*?</tr>", page, re.DOTALL)
    assert row
    assert all("/ 3" not in found and "0/3" not in found for found in row)
    assert page.count("gizli") >= 2


def test_page_lists_mailings_with_their_messages(signed_in: Browser, session: Session) -> None:
    survey = run_survey(session)
    sent = make_mailing(session, survey=survey, state="enqueued")
    following = make_mailing(
        session, survey=survey, kind="reminder", due_at=NOW + timedelta(days=7)
    )
    person = session.scalars(select(Invitation).limit(1)).one()
    make_message(session, mailing=sent, invitation=person, state="sent", sent_at=NOW)
    session.commit()

    page = show(signed_in)

    assert "gönderilen: 1" in page
    assert "1. hatırlatma" in page
    assert f'action="{PATH}/mailings/{following.id}/stop"' in page
    assert f'action="{PATH}/pause"' in page


def test_viewer_sees_no_buttons(signed_in: Browser, session: Session, staff: Staff) -> None:
    survey = run_survey(session)
    make_mailing(session, survey=survey, kind="reminder", due_at=NOW + timedelta(days=7))
    staff.role = Role.VIEWER
    session.commit()

    page = show(signed_in)

    assert "/stop" not in page
    assert "/pause" not in page
    assert "Sonuçlar" in page


def test_paused_survey_offers_to_go_on(signed_in: Browser, session: Session) -> None:
    run_survey(session, paused_at=NOW)

    page = show(signed_in)

    assert f'action="{PATH}/resume"' in page
    assert "Anket duraklatıldı" in page


def test_closed_survey_keeps_its_numbers(
    signed_in: Browser, session: Session, clock: SettableClock
) -> None:
    run_survey(session)
    clock.advance(timedelta(days=60))
    signed_in.sign_in()

    page = show(signed_in)

    assert '<p class="figure">%40,0</p>' in page
    assert "Bu gidişle" not in page
    assert "Planlanmış bir gönderim yok." in page


@pytest.mark.parametrize("path", ["", "/results"])
def test_draft_is_sent_to_its_questions(signed_in: Browser, session: Session, path: str) -> None:
    make_survey(session, document=make_document(code=CODE), launched_at=None)
    session.commit()

    answer = signed_in.get(PATH + path)

    assert (answer.status_code, answer.location) == (302, f"{PATH}/questions")


@pytest.mark.parametrize("path", ["", "/results"])
def test_unknown_survey_is_not_found(signed_in: Browser, path: str) -> None:
    assert signed_in.get(f"/surveys/yok{path}").status_code == 404


@pytest.mark.parametrize("path", ["", "/results"])
def test_pages_need_a_sign_in(browser: Browser, session: Session, path: str) -> None:
    run_survey(session)

    answer = browser.get(PATH + path)

    assert answer.status_code == 302
    assert answer.location.startswith("/login")
