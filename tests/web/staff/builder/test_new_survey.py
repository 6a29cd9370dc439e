"""A survey is begun by a plain form: with a template, with nothing, from a file, as a copy."""

from io import BytesIO

import pytest
from sqlalchemy.orm import Session

from models import AuditEntry, Role, Staff, Survey
from surveys.settings import ROOT
from tests.factories import make_document, make_survey
from tests.web.staff.conftest import Browser, reload

FILE = (ROOT / "demo" / "data" / "mezun-izleme.yaml").read_bytes()
TITLE = {"title.tr": "Mezun Anketi 2027", "title.en": "", "languages": "tr"}


@pytest.fixture
def beginner(signed_in: Browser) -> Browser:
    signed_in.get("/surveys/new")
    return signed_in


def codes(session: Session) -> list[str]:
    return sorted(survey.code for survey in reload(session, Survey))


def test_page_offers_templates_with_their_length(beginner: Browser) -> None:
    page = beginner.get("/surveys/new").get_data(as_text=True)

    assert page.count('name="template"') == 4
    assert "soru, yaklaşık" in page


def test_survey_begins_with_a_template_under_a_code_from_its_title(
    session: Session, beginner: Browser
) -> None:
    answer = beginner.post("/surveys/new", {**TITLE, "template": "pulse"})

    survey = reload(session, Survey)[0]
    assert answer.location.startswith("/surveys/mezun-anketi-2027/questions")
    assert sum(len(part["questions"]) for part in survey.definition["sections"]) == 3
    assert reload(session, AuditEntry)[-1].action == "survey.start"


def test_survey_begins_empty(session: Session, beginner: Browser) -> None:
    beginner.post("/surveys/new", {**TITLE, "template": "", "code": "bos"})

    survey = reload(session, Survey)[0]
    assert survey.code == "bos"
    assert [part["questions"] for part in survey.definition["sections"]] == [[]]


def test_survey_without_a_title_is_told_at_the_field(beginner: Browser) -> None:
    answer = beginner.post("/surveys/new", {"title.tr": "", "languages": "tr", "code": "kept"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#title.tr"' in page
    assert 'value="kept"' in page


def test_survey_is_loaded_from_a_file(session: Session, beginner: Browser) -> None:
    sent = {"csrf_token": beginner.token, "file": (BytesIO(FILE), "anket.yaml")}

    answer = beginner.client.post(
        "/surveys/new/file", data=sent, base_url="https://anket.example.edu.tr"
    )

    assert answer.status_code == 303
    assert codes(session) == ["mezun-izleme-2026"]


def test_survey_is_loaded_from_pasted_text(session: Session, beginner: Browser) -> None:
    beginner.post("/surveys/new/file", {"text": FILE.decode()})

    assert codes(session) == ["mezun-izleme-2026"]


def test_faults_of_a_file_are_all_told_and_its_text_is_kept(beginner: Browser) -> None:
    answer = beginner.post("/surveys/new/file", {"text": "code: x\nlanguages: [de]\n"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "languages[0]" in page
    assert "sections" in page
    assert "languages: [de]" in page


def test_nothing_sent_is_told(beginner: Browser) -> None:
    assert beginner.post("/surveys/new/file", {"text": " "}).status_code == 422


def test_file_of_a_code_that_exists_replaces_nothing(session: Session, beginner: Browser) -> None:
    make_survey(session, document=make_document(code="mezun-izleme-2026"), launched_at=None)
    session.commit()

    answer = beginner.post("/surveys/new/file", {"text": FILE.decode()})

    assert answer.status_code == 422
    assert reload(session, Survey)[0].revision == 1


def test_survey_is_copied_for_the_next_year(session: Session, beginner: Browser) -> None:
    make_survey(session, document=make_document(code="anket-2026", year=2026))
    session.commit()

    answer = beginner.post("/surveys/new/copy", {"from": "anket-2026"})

    copy = reload(session, Survey)[-1]
    assert answer.status_code == 303
    assert (copy.code, copy.year, copy.launched_at) == ("anket-2027", 2027, None)


@pytest.mark.parametrize("year", ["-1", "0", "20270", "9" * 30])
def test_impossible_year_of_a_copy_is_told_at_its_field(
    session: Session, beginner: Browser, year: str
) -> None:
    make_survey(session, document=make_document(code="anket-2026", year=2026))
    session.commit()

    answer = beginner.post("/surveys/new/copy", {"from": "anket-2026", "year": year})

    assert answer.status_code == 422
    assert "2000 ile 2100 arasında" in answer.get_data(as_text=True)
    assert 'href="#year"' in answer.get_data(as_text=True)
    assert len(reload(session, Survey)) == 1


def test_code_that_is_taken_is_told_at_its_field(session: Session, beginner: Browser) -> None:
    make_survey(session, document=make_document(code="anket-2026", year=2026))
    session.commit()

    answer = beginner.post("/surveys/new/copy", {"from": "anket-2026", "copy_code": "anket-2026"})

    assert answer.status_code == 422
    assert 'href="#copy_code"' in answer.get_data(as_text=True)


def test_copy_of_no_survey_is_unknown(beginner: Browser) -> None:
    assert beginner.post("/surveys/new/copy", {"from": "none"}).status_code == 404


def test_viewers_begin_nothing(session: Session, staff: Staff, signed_in: Browser) -> None:
    session.get_one(Staff, staff.id).role = Role.VIEWER
    session.commit()

    assert signed_in.get("/surveys/new").status_code == 403


@pytest.mark.parametrize("path", ["", "/file", "/copy"])
def test_beginning_needs_a_sign_in(browser: Browser, path: str) -> None:
    assert browser.post(f"/surveys/new{path}").status_code == 401
