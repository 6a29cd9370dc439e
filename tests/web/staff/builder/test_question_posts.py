"""Every button of a question card does its work by a plain form, at once, and can be undone."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import AuditEntry, Role, Staff, Survey
from tests.web.staff.builder.conftest import PAGE, list_codes, read_document
from tests.web.staff.conftest import Browser, reload

WORDS = {"type": "short_text", "shown": "short_text", "text.tr": "Hangi şehirde?", "text.en": ""}


def post(browser: Browser, path: str, data: dict[str, Any] | None = None) -> Any:
    return browser.post(f"{PAGE}{path}", {"rev": "1", **(data or {})})


def test_question_is_added_at_the_end_of_its_section_and_opened(
    session: Session, editor: Browser
) -> None:
    answer = post(editor, "", {"section": "0", "type": "nps"})

    assert answer.status_code == 303
    assert list_codes(session) == [["work", "city", "q1"], ["ideas"]]
    assert "open=q1" in answer.location
    assert "Metnini aşağıya yazın" in editor.get(answer.location).get_data(as_text=True)


def test_question_is_changed_by_its_form(session: Session, editor: Browser) -> None:
    answer = post(editor, "/city", {**WORDS, "required": "1", "max_length": "80", "do": "save"})

    question = read_document(session)["sections"][0]["questions"][1]
    assert answer.location == f"{PAGE}#q-city"
    assert question["text"] == {"tr": "Hangi şehirde?"}
    assert question["required"]
    assert question["max_length"] == 80
    assert "show_if" not in question


@pytest.mark.parametrize(
    ("path", "after"),
    [
        ("/city/up", [["city", "work"], ["ideas"]]),
        ("/city/down", [["work"], ["city", "ideas"]]),
        ("/ideas/up", [["work", "city", "ideas"], []]),
        ("/work/up", [["work", "city"], ["ideas"]]),
        ("/work/copy", [["work", "work-2", "city"], ["ideas"]]),
        ("/work/delete", [["city"], ["ideas"]]),
    ],
)
def test_button_of_a_card_does_its_work(
    session: Session, editor: Browser, path: str, after: list[list[str]]
) -> None:
    assert post(editor, path).status_code == 303
    assert list_codes(session) == after


def test_question_is_put_where_it_was_dropped(session: Session, editor: Browser) -> None:
    post(editor, "/work/move", {"section": "1", "position": "1"})

    assert list_codes(session) == [["city"], ["ideas", "work"]]


def test_deleted_question_comes_back_by_the_offered_undo(session: Session, editor: Browser) -> None:
    page = editor.get(post(editor, "/city/delete").location).get_data(as_text=True)

    undone = editor.post("/surveys/draft/undo")

    assert "Soru silindi." in page
    assert undone.status_code == 303
    assert list_codes(session) == [["work", "city"], ["ideas"]]


def test_undone_operation_is_done_again(session: Session, editor: Browser) -> None:
    post(editor, "/city/delete")
    editor.post("/surveys/draft/undo")

    editor.post("/surveys/draft/redo", {"next": PAGE})

    assert list_codes(session) == [["work"], ["ideas"]]


def test_undo_says_so_when_there_is_nothing(editor: Browser) -> None:
    answer = editor.post("/surveys/draft/undo")

    assert "Geri alınacak" in editor.get(answer.location).get_data(as_text=True)


def test_rows_of_options_move_and_go_by_their_buttons(session: Session, editor: Browser) -> None:
    rows = {
        "type": "single_choice",
        "shown": "single_choice",
        "text.tr": "Çalışıyor musunuz?",
        "options.0.code": "yes",
        "options.0.text.tr": "Evet",
        "options.1.code": "no",
        "options.1.text.tr": "Hayır",
        "options.2.code": "",
        "options.2.text.tr": "Kısmen çalışıyorum",
    }

    answer = post(editor, "/work", {**rows, "do": "down:options:0"})

    options = read_document(session)["sections"][0]["questions"][0]["options"]
    assert [option["code"] for option in options] == ["no", "yes", "kismen_calisiyorum"]
    assert "open=work" in answer.location


def test_refused_value_is_told_at_its_field_and_nothing_typed_is_lost(editor: Browser) -> None:
    answer = post(editor, "/city", {**WORDS, "max_length": "viele"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#max_length"' in page
    assert 'value="viele"' in page
    assert "Hangi şehirde?" in page
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]


def test_change_stands_in_the_audit_trail(session: Session, editor: Browser) -> None:
    post(editor, "/city/delete")

    entry = reload(session, AuditEntry)[-1]
    assert (entry.action, entry.subject) == ("draft.question.delete", "survey:draft")


def test_two_editors_are_told_of_each_other(
    editor: Browser, other_browser: Browser, colleague: Staff
) -> None:
    other_browser.sign_in(colleague.email)
    other_browser.get(PAGE)
    post(other_browser, "/city", {**WORDS, "text.tr": "Hangi kentte?"})

    answer = post(editor, "/city", WORDS)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert colleague.email in page
    assert "Hangi kentte?" in page
    assert "Hangi şehirde?" in page


def test_own_version_is_saved_from_the_page_of_the_conflict(
    session: Session, editor: Browser, other_browser: Browser, colleague: Staff
) -> None:
    other_browser.sign_in(colleague.email)
    other_browser.get(PAGE)
    post(other_browser, "/city", {**WORDS, "text.tr": "Hangi kentte?"})
    assert post(editor, "/city", WORDS).status_code == 409

    editor.post(f"{PAGE}/city", {**WORDS, "rev": "3", "do": "save"})

    assert read_document(session)["sections"][0]["questions"][1]["text"]["tr"] == "Hangi şehirde?"


def test_viewer_looks_and_changes_nothing(session: Session, editor: Browser, staff: Staff) -> None:
    session.get_one(Staff, staff.id).role = Role.VIEWER
    session.commit()

    page = editor.get(PAGE).get_data(as_text=True)

    assert "Hangi ilde?" in page
    assert "q-city" in page
    assert 'formaction="' not in page
    assert post(editor, "/city/delete").status_code == 403


def test_question_that_is_gone_is_told(editor: Browser) -> None:
    assert post(editor, "/gone", WORDS).status_code == 409


@pytest.mark.parametrize("path", ["", "/city", "/city/up", "/city/delete"])
def test_posts_need_a_sign_in_and_the_token(browser: Browser, draft: Survey, path: str) -> None:
    assert draft.code
    assert browser.post(f"{PAGE}{path}").status_code == 401
