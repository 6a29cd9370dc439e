"""The history leads back, the definition goes out and comes in, the bank gives questions."""

import json

import pytest
from sqlalchemy.orm import Session

from models import Survey
from surveys.building.reading import read_definition
from tests.factories import make_document, make_survey
from tests.web.staff.builder.conftest import PAGE, list_codes, read_document
from tests.web.staff.conftest import Browser

BASE = "/surveys/draft"
NEXT = """\
code: other
title: {tr: Yeni}
purpose: {tr: Amaç}
confidentiality: confidential
languages: [tr]
audience: {}
timezone: Europe/Istanbul
opens_at: 2027-01-04T10:00
closes_at: 2027-02-01T10:00
sections:
  - title: {tr: Bir}
    questions: [{code: only, type: nps, text: {tr: Önerir misiniz?}}]
mailings:
  - {kind: invitation, at: 2027-01-04T10:00, subject: {tr: Anket}}
"""


def test_history_says_who_did_what_and_leads_back(session: Session, editor: Browser) -> None:
    editor.post(f"{PAGE}/city/delete", {"rev": "1"})
    editor.post(f"{PAGE}/ideas/delete", {"rev": "2"})

    page = editor.get(f"{BASE}/history").get_data(as_text=True)
    looked = editor.get(f"{BASE}/history/2").get_data(as_text=True)
    editor.post(f"{BASE}/history/2/restore")

    assert "Soru silindi" in page
    assert "zeynep@example.edu.tr" in page
    assert "Öneriniz?" in looked
    assert list_codes(session) == [["work"], ["ideas"]]


def test_history_of_an_untouched_draft_says_so(editor: Browser) -> None:
    assert "Burada henüz" in editor.get(f"{BASE}/history").get_data(as_text=True)


def test_revision_that_never_was_is_unknown(editor: Browser) -> None:
    assert editor.get(f"{BASE}/history/9").status_code == 404
    assert editor.post(f"{BASE}/history/9/restore").status_code == 404


def test_definition_is_sent_as_yaml_and_json(session: Session, signed_in: Browser) -> None:
    document = make_document(code="draft", mailings=[])
    make_survey(session, document=document, launched_at=None)
    session.commit()

    as_yaml = signed_in.get(f"{BASE}/definition.yaml")
    as_json = signed_in.get(f"{BASE}/definition.json")

    assert 'filename="draft.yaml"' in as_yaml.headers["Content-Disposition"]
    assert as_yaml.get_data(as_text=True).startswith("code: draft")
    assert json.loads(as_json.get_data()) == document


def test_definition_is_loaded_over_the_draft_and_undone(session: Session, editor: Browser) -> None:
    editor.post(f"{BASE}/import", {"text": NEXT})
    loaded = read_document(session)

    editor.post(f"{BASE}/undo")

    assert loaded["code"] == "draft"
    assert [q["code"] for q in loaded["sections"][0]["questions"]] == ["only"]
    assert list_codes(session) == [["work", "city"], ["ideas"]]
    assert read_definition(NEXT, filename="x.yaml")


def test_faulty_definition_replaces_nothing(session: Session, editor: Browser) -> None:
    answer = editor.post(f"{BASE}/import", {"text": "code: [\n"})

    assert answer.status_code == 422
    assert "code: [" in answer.get_data(as_text=True)
    assert list_codes(session) == [["work", "city"], ["ideas"]]


def test_bank_is_searched_and_gives_a_question(session: Session, editor: Browser) -> None:
    page = editor.get(f"{BASE}/bank?q=ÖNERME&section=1").get_data(as_text=True)

    answer = editor.post(f"{BASE}/bank", {"rev": "1", "section": "1", "code": "nps", "q": "x"})

    assert "<code>nps</code>" in page
    assert "<code>satisfaction</code>" not in page
    assert list_codes(session) == [["work", "city"], ["ideas", "nps"]]
    assert "bu ankette var" in editor.get(answer.location.replace("q=x", "")).get_data(as_text=True)


def test_bank_names_the_surveys_that_asked_a_question(session: Session, editor: Browser) -> None:
    make_survey(session, document=make_document(code="mezun-2025"))
    session.commit()

    assert "mezun-2025" in editor.get(f"{BASE}/bank?q=nps").get_data(as_text=True)


def test_bank_says_so_when_nothing_is_found(editor: Browser) -> None:
    assert "Bankanın tamamını" in editor.get(f"{BASE}/bank?q=qqq").get_data(as_text=True)


def test_question_that_the_bank_lacks_is_unknown(editor: Browser) -> None:
    assert editor.post(f"{BASE}/bank", {"rev": "1", "code": "none"}).status_code == 404


@pytest.mark.parametrize("path", ["import", "bank", "history/1/restore"])
def test_posts_need_a_sign_in(browser: Browser, draft: Survey, path: str) -> None:
    assert browser.post(f"/surveys/{draft.code}/{path}").status_code == 401


@pytest.mark.parametrize(
    "path", ["questions", "history", "history/1", "import", "bank", "definition.yaml", "preview"]
)
def test_pages_of_no_survey_are_unknown(signed_in: Browser, path: str) -> None:
    assert signed_in.get(f"/surveys/none/{path}").status_code == 404


def test_launched_survey_shows_its_questions_without_what_only_a_draft_allows(
    session: Session, signed_in: Browser
) -> None:
    make_survey(session, document=make_document(code="live"))
    session.commit()

    page = signed_in.get("/surveys/live/questions").get_data(as_text=True)

    assert "Önerir misiniz?" in page
    assert "/surveys/live/correct" in page
    assert "formaction" not in page
    assert "/surveys/live/undo" not in page


def test_launched_survey_is_changed_by_no_form_of_the_builder(
    session: Session, signed_in: Browser
) -> None:
    make_survey(session, document=make_document(code="live"))
    session.commit()
    signed_in.get("/surveys/live/questions")

    answers = [
        signed_in.post("/surveys/live/questions/nps/delete", {"rev": "1"}),
        signed_in.post("/surveys/live/undo"),
        signed_in.post("/surveys/live/import", {"text": NEXT}),
    ]

    assert [answer.status_code for answer in answers] == [409, 409, 409]
