"""`/surveys/<code>/export`: what the page says is what the file holds."""

import io
import re
from zipfile import ZipFile

import openpyxl
import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models import AuditEntry, Role, Staff, Survey
from tests.exporting.answered import ANSWERS, add_response, make_asked
from tests.factories import make_alumnus, make_document, make_invitation, make_survey
from tests.web.staff.conftest import Browser, reload


@pytest.fixture
def answered(session: Session) -> Survey:
    """A survey with three responses and one person who did not begin."""
    survey = make_asked(session)
    for _ in range(3):
        add_response(session, survey, ANSWERS)
    make_invitation(session, survey=survey, alumnus=make_alumnus(session, phone="0532"))
    session.commit()
    return survey


def take(browser: Browser, path: str, data: dict[str, str] | None = None) -> TestResponse:
    return browser.post(path, data, buffered=True)


def test_file_has_as_many_rows_as_the_page_says(signed_in: Browser, answered: Survey) -> None:
    path = f"/surveys/{answered.code}/export"
    page = signed_in.get(path).get_data(as_text=True)

    file = take(signed_in, path, {"format": "xlsx", "wording": "codes"})

    said = re.search(r'class="export-count">([0-9.]+) ', page)
    rows = openpyxl.load_workbook(io.BytesIO(file.data)).worksheets[0].max_row - 1
    assert said is not None
    assert rows == int(said[1]) == 3


def test_results_and_export_say_the_same_number(signed_in: Browser, answered: Survey) -> None:
    pages = [
        signed_in.get(f"/surveys/{answered.code}/{page}").get_data(as_text=True)
        for page in ("results", "export")
    ]

    assert "Davet edilen 4 kişiden 3 kişinin yanıtları" in pages[0]
    assert "3 yanıt" in pages[1]


@pytest.mark.parametrize(("format_", "ending"), [("csv", "zip"), ("xlsx", "xlsx"), ("sav", "sav")])
def test_download_is_a_file_with_a_name_that_says_what_it_is(
    signed_in: Browser, answered: Survey, format_: str, ending: str
) -> None:
    path = f"/surveys/{answered.code}/export"
    signed_in.get(path)

    file = take(signed_in, path, {"format": format_})

    assert file.status_code == 200
    name = f"{answered.code}-yanitlar-2026-11-23.{ending}"
    assert file.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert file.headers["Cache-Control"] == "no-store"


def test_download_as_csv_holds_table_and_codebook(signed_in: Browser, answered: Survey) -> None:
    path = f"/surveys/{answered.code}/export"
    signed_in.get(path)

    file = take(signed_in, path, {"format": "csv", "wording": "codes"})

    with ZipFile(io.BytesIO(file.data)) as archive:
        table, codebook = archive.namelist()
        assert archive.read(table).startswith(b"\xef\xbb\xbfresponse_id;")
    assert "kod-kitab" in codebook


def test_each_download_is_in_the_audit_trail(
    signed_in: Browser, answered: Survey, staff: Staff, session: Session
) -> None:
    path = f"/surveys/{answered.code}/export"
    signed_in.get(path)

    take(signed_in, path, {"format": "sav", "keeps_personal_data": "1"})

    entry = next(e for e in reload(session, AuditEntry) if e.action == "survey.export")
    assert (entry.actor, entry.subject) == (f"staff:{staff.id}", f"survey:{answered.code}")
    assert entry.details == {"format": "sav", "rows": 3, "keeps_personal_data": True}


def test_list_to_call_is_downloaded_and_in_the_audit_trail(
    signed_in: Browser, answered: Survey, session: Session
) -> None:
    signed_in.get(f"/surveys/{answered.code}/export")

    file = take(signed_in, f"/surveys/{answered.code}/calls.xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(file.data)).worksheets[0]
    assert [cell.value for cell in sheet[2]][6:8] == ["0532", "e-postası henüz ulaşmadı"]
    entry = next(e for e in reload(session, AuditEntry) if e.action == "survey.calls")
    assert entry.details == {"rows": 1}


@pytest.mark.parametrize("address", ["export", "calls.xlsx"])
def test_viewer_takes_no_answers_away(
    signed_in: Browser, staff: Staff, answered: Survey, session: Session, address: str
) -> None:
    session.merge(staff).role = Role.VIEWER
    session.commit()
    signed_in.get("/staff/logins")

    assert signed_in.post(f"/surveys/{answered.code}/{address}").status_code == 403


def test_export_needs_a_sign_in(browser: Browser, answered: Survey) -> None:
    path = f"/surveys/{answered.code}/export"

    assert browser.get(path).headers["Location"].startswith("/login?next=")


@pytest.mark.parametrize("address", ["export", "calls.xlsx"])
def test_unknown_survey_has_nothing_to_take_away(signed_in: Browser, address: str) -> None:
    signed_in.get("/staff/logins")

    assert signed_in.post(f"/surveys/yok/{address}").status_code == 404


def test_anonymous_survey_says_why_no_row_is_given_out(
    signed_in: Browser, session: Session
) -> None:
    survey = make_survey(session, document=make_document(confidentiality="anonymous"))
    session.commit()

    page = signed_in.get(f"/surveys/{survey.code}/export")

    assert page.status_code == 409
    assert "anonim olarak duyuruldu" in page.get_data(as_text=True)
