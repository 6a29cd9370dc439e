"""A draft goes when its code is typed; what was launched stays."""

from sqlalchemy.orm import Session

from models import AuditEntry, Survey, SurveyRevision
from tests.factories import make_document, make_survey
from tests.web.staff.conftest import Browser, reload

DELETE = "/surveys/draft/delete"


def test_draft_goes_with_its_history_when_its_code_is_typed(
    session: Session, signed_in: Browser
) -> None:
    signed_in.get("/surveys/new")
    signed_in.post("/surveys/new", {"title.tr": "Taslak", "languages": "tr", "code": "draft"})
    signed_in.post("/surveys/draft/sections", {"rev": "1"})

    answer = signed_in.post(DELETE, {"code": "draft"})

    assert "Taslak silindi" in signed_in.get(answer.location).get_data(as_text=True)
    assert reload(session, Survey) == []
    assert reload(session, SurveyRevision) == []
    assert reload(session, AuditEntry)[-1].action == "survey.delete"


def test_draft_stays_when_something_else_is_typed(session: Session, editor: Browser) -> None:
    answer = editor.post(DELETE, {"code": "drafd"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#code"' in page
    assert 'value="drafd"' in page
    assert len(reload(session, Survey)) == 1


def test_launched_survey_stays(session: Session, signed_in: Browser) -> None:
    make_survey(session, document=make_document(code="live"))
    session.commit()
    signed_in.get("/surveys")

    assert signed_in.get("/surveys/live/delete").status_code == 409
    assert signed_in.post("/surveys/live/delete", {"code": "live"}).status_code == 409
    assert len(reload(session, Survey)) == 1


def test_unknown_survey_is_told(signed_in: Browser) -> None:
    signed_in.get("/surveys")

    assert signed_in.get("/surveys/none/delete").status_code == 404
    assert signed_in.post("/surveys/none/delete", {"code": "none"}).status_code == 404


def test_deleting_needs_a_sign_in(browser: Browser, draft: Survey) -> None:
    assert draft.code
    assert browser.post(DELETE, {"code": "draft"}).status_code == 401
