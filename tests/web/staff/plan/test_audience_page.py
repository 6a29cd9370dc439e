"""The audience: choosing it by what occurs, the count, and who is left out."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Role, Staff, Survey
from surveys.building.editing import edit
from surveys.building.operations import SetAudience
from tests.conftest import NOW
from tests.factories import make_alumnus
from tests.web.staff.conftest import Browser
from tests.web.staff.plan.conftest import HOME, read_document

PAGE = f"{HOME}/audience"


def save(browser: Browser, **fields: Any) -> int:
    return browser.post(PAGE, {"rev": "1", "contact_gap_days": "0", **fields}).status_code


def test_audience_tells_how_many_get_the_mail_and_who_does_not(editor: Browser) -> None:
    page = editor.get(PAGE).text

    assert '<strong class="figure">2</strong> kişiye gidecek' in page
    assert "E-posta adresi yok" in page
    assert "3 kişi üzerinden" in page


def test_audience_offers_what_occurs_with_its_count(editor: Browser) -> None:
    page = editor.get(PAGE).text

    assert 'name="unit" value="Tıp Fakültesi"' in page
    assert "2024 (3)" in page


def test_audience_is_saved_as_the_form_says(editor: Browser, session: Session) -> None:
    fields = {"unit": ["Tıp Fakültesi"], "year_from": "2024", "contact_gap_days": "90"}

    assert save(editor, **fields) == 303

    document = read_document(session)
    assert document["audience"] == {"unit": ["Tıp Fakültesi"], "graduation_year": {"from": 2024}}
    assert document["contact_gap_days"] == 90


def test_nothing_ticked_means_everybody(editor: Browser, session: Session) -> None:
    save(editor, unit=["Tıp Fakültesi"])

    save(editor, rev="2")

    assert read_document(session)["audience"] == {}


def test_heading_of_the_roster_can_be_chosen(editor: Browser, session: Session) -> None:
    make_alumnus(session, attributes={"Kampüs": "Merkez"})
    session.commit()

    save(editor, **{"heading.Kampüs": ["Merkez"]})

    assert read_document(session)["audience"] == {"Kampüs": ["Merkez"]}


@pytest.mark.parametrize("is_kept", [True, False])
def test_rule_that_the_form_cannot_show_is_kept_while_it_is_ticked(
    editor: Browser, session: Session, draft: Survey, *, is_kept: bool
) -> None:
    rule = {"graduation_date": {"from": "2024-01-01"}}
    draft.definition = {**draft.definition, "audience": rule}
    session.commit()

    save(editor, **({"keep": ["graduation_date"]} if is_kept else {}))

    assert read_document(session)["audience"] == (rule if is_kept else {})


def test_years_that_are_turned_are_told_and_nothing_is_lost(editor: Browser) -> None:
    form = {"rev": "1", "year_from": "2024", "year_to": "2020", "unit": "Tıp Fakültesi"}
    page = editor.post(PAGE, form)

    assert page.status_code == 422
    assert 'href="#year_from"' in page.text
    assert 'value="Tıp Fakültesi" checked' in page.text


def test_second_person_at_the_audience_is_told_and_keeps_what_they_chose(
    editor: Browser, session: Session, draft: Survey
) -> None:
    from_another(session, draft)

    page = editor.post(PAGE, {"rev": "1", "unit": "Tıp Fakültesi"})

    assert page.status_code == 409
    assert 'value="Tıp Fakültesi" checked' in page.text
    assert read_document(session)["audience"] == {"degree": ["Lisans"]}


def from_another(session: Session, draft: Survey) -> None:
    edit(
        session,
        survey=draft,
        operation=SetAudience({"degree": ["Lisans"]}),
        base_revision=1,
        actor="cli",
        now=NOW,
    )
    session.commit()


def test_left_out_people_are_named_with_a_link_to_their_page(editor: Browser) -> None:
    page = editor.get(f"{PAGE}/left-out/missing").text

    assert "Ayşe Adressiz" in page
    assert 'href="/roster/' in page


def test_page_of_left_out_people_that_nobody_reaches_is_empty(editor: Browser) -> None:
    page = editor.get(f"{PAGE}/left-out/missing?page={10**30}")

    assert page.status_code == 200
    assert "Ayşe Adressiz" not in page.text


@pytest.mark.parametrize("path", [f"{PAGE}/left-out/weather", "/surveys/none/audience"])
def test_unknown_survey_or_reason_is_not_found(editor: Browser, path: str) -> None:
    assert editor.get(path).status_code == 404


def test_viewer_looks_but_changes_nothing(editor: Browser, session: Session, staff: Staff) -> None:
    staff.role = Role.VIEWER
    session.commit()

    assert " disabled>" in editor.get(PAGE).text
    assert save(editor) == 403
