"""Sections and the survey's own settings are changed by plain forms."""

import pytest
from sqlalchemy.orm import Session

from models import Survey
from tests.web.staff.builder.conftest import PAGE, list_codes, read_document
from tests.web.staff.conftest import Browser, reload

SETTINGS = {
    "title.tr": "Mezun Anketi 2027",
    "purpose.tr": "Öğrenmek için",
    "opens_at": "2027-01-04T10:00",
    "closes_at": "2027-02-01T23:59",
    "timezone": "Europe/Istanbul",
    "indicator": "PG3.3.5",
    "year": "2027",
    "languages": "tr",
    "confidentiality": "confidential",
    "do": "save",
    "rev": "1",
}


def test_section_is_added_and_asks_for_its_title(session: Session, editor: Browser) -> None:
    answer = editor.post("/surveys/draft/sections", {"rev": "1"})

    assert list_codes(session) == [["work", "city"], ["ideas"], []]
    assert 'name="title.tr"' in editor.get(answer.location).get_data(as_text=True)


def test_section_gets_another_title(session: Session, editor: Browser) -> None:
    editor.post("/surveys/draft/sections/1", {"rev": "1", "title.tr": "Bitiş"})

    assert read_document(session)["sections"][1]["title"] == {"tr": "Bitiş", "en": "End"}


@pytest.mark.parametrize(
    ("path", "after"),
    [
        ("1/up", [["ideas"], ["work", "city"]]),
        ("0/down", [["ideas"], ["work", "city"]]),
        ("0/delete", [["ideas"]]),
    ],
)
def test_section_moves_and_goes(
    session: Session, editor: Browser, path: str, after: list[list[str]]
) -> None:
    assert editor.post(f"/surveys/draft/sections/{path}", {"rev": "1"}).status_code == 303
    assert list_codes(session) == after


def test_settings_are_saved(session: Session, editor: Browser) -> None:
    answer = editor.post("/surveys/draft/settings", SETTINGS)

    survey = reload(session, Survey)[0]
    assert answer.location == PAGE
    assert survey.definition["title"]["tr"] == "Mezun Anketi 2027"
    assert (survey.year, survey.indicator_code) == (2027, "PG3.3.5")
    assert survey.definition["languages"] == ["tr"]


def test_settings_tell_a_closing_before_the_opening_and_lose_nothing(editor: Browser) -> None:
    answer = editor.post("/surveys/draft/settings", {**SETTINGS, "closes_at": "2026-01-01T10:00"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#closes_at"' in page
    assert "Mezun Anketi 2027" in page


def test_section_that_is_gone_is_told(editor: Browser) -> None:
    assert editor.post("/surveys/draft/sections/9", {"rev": "1"}).status_code == 409


@pytest.mark.parametrize("path", ["sections", "sections/0", "settings", "undo", "redo"])
def test_posts_need_a_sign_in(browser: Browser, draft: Survey, path: str) -> None:
    assert browser.post(f"/surveys/{draft.code}/{path}").status_code == 401
