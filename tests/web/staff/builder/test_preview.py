"""The preview shows a draft by the respondent's own pages, and stores nothing."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Base
from tests.factories import make_alumnus, make_document, make_survey
from tests.web.staff.conftest import Browser

BODY = {
    "code": "body",
    "type": "yes_no",
    "text": {"tr": "Çalışıyor musunuz?", "en": "Do you work?"},
    "required": True,
}
WHERE = {
    "code": "where",
    "type": "short_text",
    "text": {"tr": "Nerede?"},
    "show_if": {"question": "body", "in": ["yes"]},
}
SECTIONS = [
    {"title": {"tr": "Bir"}, "questions": [BODY]},
    {"title": {"tr": "İki"}, "questions": [WHERE]},
]


@pytest.fixture
def draft(session: Session) -> str:
    document = make_document(code="draft", sections=SECTIONS)
    make_survey(session, document=document, launched_at=None)
    session.commit()
    return "/surveys/draft/preview"


def count_rows(session: Session) -> dict[str, int | None]:
    tables = Base.metadata.sorted_tables
    return {table.name: session.scalar(select(func.count()).select_from(table)) for table in tables}


def test_preview_greets_a_real_person_and_another_one_on_demand(
    session: Session, signed_in: Browser, draft: str
) -> None:
    first = make_alumnus(session, given_name="Defne")
    make_alumnus(session, given_name="Kerem")
    session.commit()

    assert "Merhaba Defne" in signed_in.get(draft).get_data(as_text=True)
    assert "Merhaba Kerem" in signed_in.get(f"{draft}?after={first.id}").get_data(as_text=True)


def test_preview_may_stand_in_a_frame_of_ours_alone(signed_in: Browser, draft: str) -> None:
    page = signed_in.get(draft)

    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert 'method="get"' in page.get_data(as_text=True)


def test_preview_goes_on_by_the_conditions(signed_in: Browser, draft: str) -> None:
    asked = signed_in.get(f"{draft}?_section=1&_action=next&body=yes").get_data(as_text=True)
    spared = signed_in.get(f"{draft}?_section=1&_action=next&body=no").get_data(as_text=True)

    assert "Nerede?" in asked
    assert 'name="body" value="yes"' in asked
    assert "Yanıtlarınız bize ulaştı" in spared


def test_preview_shows_the_mistakes_that_people_would_see(signed_in: Browser, draft: str) -> None:
    page = signed_in.get(f"{draft}?_section=1&_action=next").get_data(as_text=True)

    assert "error-summary" in page


def test_preview_speaks_the_language_that_was_asked_for(signed_in: Browser, draft: str) -> None:
    assert "Do you work?" in signed_in.get(f"{draft}?lang=en").get_data(as_text=True)


def test_preview_shows_a_draft_that_has_gaps(session: Session, signed_in: Browser) -> None:
    questions = [{"code": "a", "type": "scale"}, {"code": "b", "type": "single_choice"}]
    lost = {"code": "c", "type": "nps", "show_if": {"question": "gone", "answered": True}}
    sections = [{"title": {}, "questions": [*questions, lost]}, {"questions": []}]
    document = make_document(code="gaps", title={}, purpose={}, sections=sections)
    make_survey(session, document=document, launched_at=None)
    session.commit()

    assert signed_in.get("/surveys/gaps/preview").status_code == 200
    assert signed_in.get("/surveys/gaps/preview?section=2").status_code == 200


def test_preview_stores_nothing(session: Session, signed_in: Browser, draft: str) -> None:
    before = count_rows(session)

    signed_in.get(f"{draft}?_section=1&_action=submit&body=no")

    session.rollback()
    assert count_rows(session) == before


def test_preview_of_no_survey_is_unknown(signed_in: Browser) -> None:
    assert signed_in.get("/surveys/none/preview").status_code == 404


def test_preview_asks_for_a_sign_in(browser: Browser, draft: str) -> None:
    assert browser.get(draft).status_code == 302
