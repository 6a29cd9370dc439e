"""Correcting a survey that runs: write, compare, publish."""

import json
import re
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import AuditEntry, Role, Staff, Survey, SurveyVersion
from surveys.building.definition import to_document
from surveys.building.reading import read_definition
from tests.building.documents import change, make_full_document
from tests.factories import make_invitation, make_survey
from tests.people import read_reference_survey
from tests.web.staff.conftest import Browser, reload

PAGE = "/surveys/izleme-2026/correct"


def read(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document as a draft holds it after it was loaded."""
    found: dict[str, Any] = to_document(read_definition(json.dumps(document), filename="x.json"))
    return found


@pytest.fixture
def survey(session: Session) -> Survey:
    survey = make_survey(session, document=read(make_full_document()))
    make_invitation(session, survey=survey)
    session.commit()
    return survey


def compare(browser: Browser, **typed: str) -> str:
    browser.get(PAGE)
    answer = browser.post(PAGE, {name.replace("__", "."): text for name, text in typed.items()})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def publish(browser: Browser, document: dict[str, Any], version: str = "1") -> Any:
    browser.get(PAGE)
    return browser.post(f"{PAGE}/publish", {"document": json.dumps(document), "version": version})


@pytest.mark.usefixtures("survey")
def test_page_shows_every_text_in_both_languages(signed_in: Browser) -> None:
    page = signed_in.get(PAGE).get_data(as_text=True)

    names = set(re.findall(r'name="([a-z0-9_.]+)"', page))
    assert {"survey.title.tr", "section.1.title.en", "question.nps.text.tr"} <= names
    assert {"question.skills.items.field.en", "question.rating.scale.low.tr"} <= names


def test_whole_form_sent_back_differs_in_nothing(signed_in: Browser, session: Session) -> None:
    document = read_reference_survey()
    make_survey(session, document=document)
    session.commit()
    path = f"/surveys/{document['code']}/correct"
    page = signed_in.get(path).get_data(as_text=True)
    inputs = re.findall(r'<input class="input" id="([a-z0-9_.]+)"[^>]* value="([^"]*)"', page)
    areas = re.findall(r'<textarea class="input" id="([a-z0-9_.]+)"[^>]*>\n([^<]*)<', page)

    answer = signed_in.post(path, {n: unescape(v) for n, v in [*inputs, *areas]})

    assert len(inputs) > 60
    assert (answer.status_code, answer.location) == (303, f"{path}?said=nothing_differs")


@pytest.mark.usefixtures("survey")
def test_changed_words_are_shown_beside_those_of_now(signed_in: Browser) -> None:
    page = compare(signed_in, question__nps__text__tr="Önerir misiniz?")

    assert "Yalnızca metinler değişiyor" in page
    assert "Henüz yanıtlamamış 1 kişi" in page
    assert '<p lang="tr" class="was-new">Önerir misiniz?</p>' in page


@pytest.mark.usefixtures("survey")
def test_reviewed_correction_is_published(signed_in: Browser, session: Session) -> None:
    page = compare(signed_in, question__nps__text__tr="Önerir misiniz?")
    reviewed = re.findall(r'<textarea name="document" hidden>\n([^<]*)<', page)[0]
    document = json.loads(unescape(reviewed))

    answer = publish(signed_in, document)

    assert (answer.status_code, answer.location) == (
        303,
        "/surveys/izleme-2026?said=survey_corrected",
    )
    first, second = sorted(reload(session, SurveyVersion), key=lambda version: version.number)
    assert (first.number, second.number, second.is_correction) == (1, 2, True)
    entry = next(e for e in reload(session, AuditEntry) if e.action == "survey.correct")
    assert entry.details == {"version": 2, "people": 1}


@pytest.mark.usefixtures("survey")
def test_text_that_cannot_be_kept_is_told_at_its_field(signed_in: Browser) -> None:
    signed_in.get(PAGE)

    answer = signed_in.post(PAGE, {"question.nps.text.tr": "", "survey.title.tr": "x" * 201})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#survey.title.tr"' in page
    assert "x" * 201 in page


@pytest.mark.usefixtures("survey")
def test_missing_first_text_is_told_at_its_field(signed_in: Browser) -> None:
    signed_in.get(PAGE)

    answer = signed_in.post(PAGE, {"question.status.options.working.tr": " "})

    assert answer.status_code == 422
    assert 'href="#question.status.options.working.tr"' in answer.get_data(as_text=True)


@pytest.mark.usefixtures("survey")
def test_file_with_other_questions_is_a_change_of_meaning(signed_in: Browser) -> None:
    document = change("sections[1].questions[3].required", value=True)
    signed_in.get(PAGE)
    file = (BytesIO(json.dumps(document).encode()), "x.json")

    answer = signed_in.post(f"{PAGE}/file", {"file": file})  # type: ignore[dict-item] # a file

    assert "Bu değişiklik anlamı değiştiriyor. 2. sürüm olacak" in answer.get_data(as_text=True)


@pytest.mark.usefixtures("survey")
def test_faulty_file_is_refused_with_its_places(signed_in: Browser) -> None:
    signed_in.get(PAGE)

    answer = signed_in.post(f"{PAGE}/file", {"text": "code: x\n"})

    assert answer.status_code == 422
    assert "<code>sections</code>" in answer.get_data(as_text=True)


@pytest.mark.usefixtures("survey")
def test_version_published_meanwhile_is_told(signed_in: Browser) -> None:
    document = change("title", {"tr": "Yeni", "en": "New"})
    publish(signed_in, document)

    answer = publish(signed_in, change("title", {"tr": "Başka", "en": "Other"}))

    assert answer.status_code == 409
    assert "bu arada başka biri düzeltti" in answer.get_data(as_text=True)


def test_draft_and_unknown_survey_are_not_corrected(signed_in: Browser, session: Session) -> None:
    make_survey(session, document=make_full_document(), launched_at=None)
    session.commit()

    assert signed_in.get(PAGE).status_code == 409
    assert signed_in.get("/surveys/nobody/correct").status_code == 404


@pytest.mark.usefixtures("survey")
def test_viewer_corrects_nothing(signed_in: Browser, staff: Staff, session: Session) -> None:
    staff.role = Role.VIEWER
    session.commit()

    assert signed_in.get(PAGE).status_code == 403


@pytest.mark.usefixtures("survey")
def test_questions_of_a_running_survey_lead_to_their_correction(signed_in: Browser) -> None:
    page = signed_in.get("/surveys/izleme-2026/questions").get_data(as_text=True)

    assert f'href="{PAGE}"' in page
