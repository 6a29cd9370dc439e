"""The list of surveys says where each stands, and how many answered once it was launched."""

from sqlalchemy.orm import Session

from models import Role, Staff
from tests.factories import make_document, make_invitation, make_survey
from tests.web.staff.conftest import Browser


def test_list_offers_the_first_survey_when_there_is_none(signed_in: Browser) -> None:
    page = signed_in.get("/surveys").get_data(as_text=True)

    assert 'href="/surveys/new"' in page


def test_list_leads_a_draft_to_its_questions_and_a_launched_one_to_its_page(
    session: Session, signed_in: Browser
) -> None:
    make_survey(session, document=make_document(code="a"), launched_at=None)
    make_survey(session, document=make_document(code="b"))
    session.commit()

    page = signed_in.get("/surveys").get_data(as_text=True)

    assert 'href="/surveys/a/questions"' in page
    assert 'href="/surveys/b"' in page


def test_list_shows_the_share_that_answered(session: Session, signed_in: Browser) -> None:
    survey = make_survey(session)
    make_invitation(session, survey=survey)
    session.commit()

    page = signed_in.get("/surveys").get_data(as_text=True)

    assert "%0,0" in page
    assert "1 kişiden 0" in page


def test_list_keeps_to_the_chosen_state_and_year(session: Session, signed_in: Browser) -> None:
    make_survey(session, document=make_document(code="old"), year=2024)
    make_survey(session, document=make_document(code="later"), year=2026)
    session.commit()

    page = signed_in.get("/surveys?year=2024&state=open").get_data(as_text=True)

    assert "/surveys/old" in page
    assert "/surveys/later" not in page


def test_list_says_so_when_nothing_matches(session: Session, signed_in: Browser) -> None:
    make_survey(session)
    session.commit()

    page = signed_in.get("/surveys?state=closed").get_data(as_text=True)

    assert "Bütün anketleri göster" in page


def test_list_shows_a_draft_without_a_title_by_its_code(
    session: Session, signed_in: Browser
) -> None:
    make_survey(session, document=make_document(code="untitled", title={}), launched_at=None)
    session.commit()

    assert ">untitled</a>" in signed_in.get("/surveys").get_data(as_text=True)


def test_list_offers_viewers_no_work(session: Session, staff: Staff, browser: Browser) -> None:
    make_survey(session)
    session.get_one(Staff, staff.id).role = Role.VIEWER
    session.commit()
    browser.sign_in()

    page = browser.get("/surveys")

    assert page.status_code == 200
    assert "/surveys/new" not in page.get_data(as_text=True)


def test_list_asks_for_a_sign_in(browser: Browser) -> None:
    assert browser.get("/surveys").status_code == 302
