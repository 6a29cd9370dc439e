"""From a file in the browser to graduates in the roster."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from models import Alumnus, ApiKey, AuditEntry, Role, RosterImport
from surveys.jobs.importing import ImportBroken
from surveys.roster.imports import refuse_import
from surveys.roster.pushes import Push, split_parts, stage_push
from surveys.roster.taking import claim_import, list_waiting
from tests.conftest import NOW
from tests.roster.files import DEMO_DATA, GOOD_ROW, HEADER, write_book
from tests.roster.uploads import ONE_PERSON, make_list, stage, stage_and_try
from tests.web.staff.conftest import BASE_URL, Browser, reload
from tests.web.staff.roster.conftest import Upload, text_of

PATH = "/roster/imports/1"
CHOICES = {"column-0": "external_id", "column-1": "given_name", "column-2": "family_name"}


def make_bomb(folder: Path) -> bytes:
    """A workbook whose sheet inflates to 64 MB."""
    honest, packed = write_book(folder, [["a"]]), io.BytesIO()
    with ZipFile(honest) as source, ZipFile(packed, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            is_sheet = Path(name).stem == "sheet1"
            target.writestr(name, b" " * 64 * 1024**2 if is_sheet else source.read(name))
    return packed.getvalue()


def test_upload_shows_how_the_list_was_read(upload: Upload, signed_in: Browser) -> None:
    answer = upload((DEMO_DATA / "mezunlar.csv").read_bytes())

    page = text_of(signed_in.get(answer.location))
    assert (answer.status_code, answer.location) == (303, PATH)
    for words in ("mezunlar.csv", "3.581", "Windows-1254", "noktalı virgül", "Gizem · Aslı"):
        assert words in page


def test_whole_way_from_file_to_roster(
    upload: Upload, signed_in: Browser, run_import: Callable[[], object], session: Session
) -> None:
    upload((DEMO_DATA / "mezunlar.xlsx").read_bytes(), "mezunlar.xlsx")
    signed_in.get(PATH)
    choices = {f"column-{i}": "attribute" for i in range(11)} | CHOICES | {"column-3": "email"}

    tried = signed_in.post(f"{PATH}/columns", choices)
    dry = text_of(signed_in.get(PATH))
    assert not reload(session, Alumnus)
    begun = signed_in.post(f"{PATH}/start")
    waiting = signed_in.get(PATH).get_data(as_text=True)
    run_import()
    done = text_of(signed_in.get(PATH))

    assert [tried.status_code, begun.status_code] == [303, 303]
    assert "Yeni 3.581" in dry
    assert 'hx-trigger="every 2s"' in waiting
    assert "İçe aktarma tamamlandı" in done
    assert len(reload(session, Alumnus)) == 3581
    actions = [entry.action for entry in reload(session, AuditEntry)]
    assert actions[-3:] == ["roster.upload", "roster.import_queued", "roster.import"]


def test_done_import_asks_for_no_more_refreshing(session: Session, signed_in: Browser) -> None:
    row = stage_and_try(session, ONE_PERSON)
    row.state, row.counts = "done", row.findings or {}
    session.commit()

    page = signed_in.get(f"/roster/imports/{row.id}").get_data(as_text=True)

    assert "hx-trigger" not in page.split("<main")[1]


@pytest.mark.parametrize(
    ("content", "filename", "words"),
    [
        (b"", "", "dosyayı seçin"),
        (b"", "bos.csv", "mezun kaydı yok"),
        (f"{HEADER}\n".encode(), "baslik.csv", "mezun kaydı yok"),
        (b"<html><table></table></html>", "liste.xls", "web sayfası"),
        (b"PK\x03\x04 no zip", "liste.xlsx", "Excel"),
        (f"{HEADER}\n{GOOD_ROW}".encode("utf-32"), "liste.csv", "kodlama"),
        (f"{HEADER};T.C. Kimlik No\n{GOOD_ROW};1".encode(), "liste.csv", "T.C. kimlik"),
    ],
)
def test_hostile_or_useless_file_is_refused_in_words_and_not_kept(
    upload: Upload, session: Session, content: bytes, filename: str, words: str
) -> None:
    answer = upload(content, filename)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "Hata" in answer.get_data(as_text=True).split("</title>")[0]
    assert reload(session, RosterImport) == []


def test_archive_that_would_fill_the_memory_is_refused(upload: Upload, tmp_path: Path) -> None:
    answer = upload(make_bomb(tmp_path), "bomba.xlsx")

    assert answer.status_code == 422
    assert "fazla büyük" in text_of(answer)


def test_file_above_what_other_forms_take_is_taken(upload: Upload) -> None:
    content = make_list(60_000)

    assert len(content) > 2 * 1024 * 1024
    assert upload(content).status_code == 303


def test_body_above_the_limit_of_this_page_is_refused(upload: Upload) -> None:
    answer = upload(bytes(26 * 1024 * 1024))

    assert answer.status_code == 413
    assert "dosyaya bölün" in text_of(answer)


def test_refused_identity_numbers_are_in_the_audit_trail(upload: Upload, session: Session) -> None:
    upload(f"{HEADER};TCKN\n{GOOD_ROW};1".encode())

    entry = reload(session, AuditEntry)[-1]
    assert (entry.action, entry.details) == (
        "roster.upload_refused",
        {"code": "identity_number_column"},
    )


def test_columns_without_a_key_are_refused_where_they_are_chosen(
    upload: Upload, signed_in: Browser
) -> None:
    upload(ONE_PERSON)
    signed_in.get(PATH)

    answer = signed_in.post(f"{PATH}/columns", {"column-0": "attribute", "column-1": "phone"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#column-0"' in page
    assert '<option value="phone" selected>' in page


def test_two_columns_for_one_field_are_refused_with_its_name(
    upload: Upload, signed_in: Browser
) -> None:
    upload(ONE_PERSON)
    signed_in.get(PATH)

    answer = signed_in.post(f"{PATH}/columns", {**CHOICES, "column-2": "given_name"})

    assert answer.status_code == 422
    assert "aynı alan" in text_of(answer)
    assert 'href="#column-2"' in answer.get_data(as_text=True)


def test_column_that_is_left_out_is_not_taken_in(
    upload: Upload, signed_in: Browser, run_import: Callable[[], object], session: Session
) -> None:
    upload(f"{HEADER};Not\n{GOOD_ROW};özel".encode())
    signed_in.get(PATH)
    signed_in.post(f"{PATH}/columns", {**CHOICES, "column-4": "nothing", "column-5": "nothing"})
    signed_in.post(f"{PATH}/start")
    run_import()

    [person] = reload(session, Alumnus)
    assert (person.graduation_year, person.attributes) == (None, {"E-posta": "ayse@example.com"})


def test_rejects_are_shown_and_downloaded(upload: Upload, signed_in: Browser) -> None:
    upload(f"{HEADER}\n{GOOD_ROW}\n;Ali;Ak;ali@example.com;2024\n3;Can;;yok;2024".encode())
    signed_in.get(PATH)
    signed_in.post(
        f"{PATH}/columns", {**CHOICES, "column-3": "email", "column-4": "graduation_year"}
    )

    page = text_of(signed_in.get(PATH))
    book, text = (
        signed_in.client.get(f"{PATH}/rejects.{kind}", base_url=BASE_URL)
        for kind in ("xlsx", "csv")
    )
    sheet = load_workbook(io.BytesIO(book.data)).active

    assert "Satır 3 · Öğrenci No" in page
    assert "alınmadı" in page
    assert sheet is not None
    assert [row[1] for row in sheet.values] == ["Ad", "Ali", "Can"]
    assert "attachment" in book.headers["Content-Disposition"]
    assert text.data.startswith(b"\xef\xbb\xbf")


def test_cancelled_import_says_what_stays(upload: Upload, signed_in: Browser) -> None:
    upload(ONE_PERSON)
    signed_in.get(PATH)

    answer = signed_in.post(f"{PATH}/cancel")

    assert answer.status_code == 303
    assert "yüklenen dosya silindi" in text_of(signed_in.get(PATH))
    assert signed_in.post(f"{PATH}/start").status_code == 409


def test_queued_import_says_that_it_waits_for_the_service(
    session: Session, signed_in: Browser
) -> None:
    row = stage_and_try(session, ONE_PERSON)
    row.state = "queued"
    session.commit()

    assert "çalışmıyor" in text_of(signed_in.get(f"/roster/imports/{row.id}"))


def test_imports_are_listed_with_who_did_them(upload: Upload, signed_in: Browser) -> None:
    upload(ONE_PERSON)

    page = text_of(signed_in.get("/roster/imports"))

    assert "mezunlar.csv" in page
    assert "zeynep@example.edu.tr" in page


@pytest.mark.parametrize("page", ["", "/columns", "/rejects.xlsx"])
def test_unknown_import_is_no_page(signed_in: Browser, page: str) -> None:
    assert signed_in.get(f"/roster/imports/77{page}").status_code == 404


@pytest.mark.parametrize("action", ["columns", "start", "cancel"])
def test_viewer_changes_no_import(
    session: Session, signed_in: Browser, become: Callable[[Role], None], action: str
) -> None:
    row = stage(session, ONE_PERSON)
    become(Role.VIEWER)
    signed_in.get("/roster/imports")

    assert signed_in.post(f"/roster/imports/{row.id}/{action}").status_code == 403
    assert signed_in.get("/roster/import").status_code == 403


@pytest.mark.parametrize("path", ["/roster/import", "/roster/imports", PATH])
def test_import_pages_need_a_sign_in(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 302


def test_failed_push_is_told_with_the_key_that_sent_it(
    signed_in: Browser, session: Session
) -> None:
    key = {"public_id": "abcdefgh", "kind": "bearer", "name": "Mezun Bilgi Sistemi"}
    kept = {"secret_hash": "x" * 64, "scopes": ["alumni:write"], "created_by": "x"}
    session.add(ApiKey(**key, **kept, created_at=NOW, expires_at=NOW + timedelta(days=1)))
    push = Push("apk_abcdefgh", is_demo=False, is_dry_run=False)
    row = stage_push(session, push=push, parts=split_parts([b"{}"]), now=NOW)
    [waiting] = list_waiting(session)
    claim_import(session, waiting=waiting, claimed_by="1", now=NOW)
    refuse_import(session, row=row, refusal=ImportBroken(), now=NOW)
    session.commit()

    page, listed = text_of(signed_in.get(PATH)), text_of(signed_in.get("/roster/imports"))

    assert "öngörülmeyen bir hata" in page
    assert "Başka dosya seç" not in page
    assert all("Mezun Bilgi Sistemi (abcdefgh)" in text for text in (page, listed))
