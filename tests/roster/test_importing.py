"""What a file does to the roster, and which rows stay out."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy.orm import Session

from surveys.roster.columns import IdentityNumberColumn
from surveys.roster.fields import Field
from tests.factories import make_alumnus
from tests.roster.files import (
    DEMO_DATA,
    GOOD_ROW,
    HEADER,
    count_outcomes,
    list_codes,
    list_people,
    take,
    take_lines,
    write_book,
)

FIELDS = [field.value for field in Field]


def test_import_makes_a_person_of_every_field(session: Session, tmp_path: Path) -> None:
    header = "Öğrenci No;Ad;Soyad;E-posta;Cep;Birim;Program;Düzey;Mezuniyet Tarihi;Dil;Not"
    row = "0012;Ayşe;Yılmaz;Ayse@Example.com;0555;MYO;Lojistik;Ön Lisans;10.06.2024;İngilizce;=1"

    result = take_lines(session, tmp_path, header, row)

    (person,) = list_people(session)
    assert count_outcomes(result) == (1, 0, 0, 0)
    assert (person.external_id, person.email, person.language) == ("0012", "ayse@example.com", "en")
    assert (person.graduation_date, person.graduation_year) == (date(2024, 6, 10), 2024)
    assert person.attributes == {"Not": "=1"}


def test_both_files_of_the_demo_make_the_same_people(session: Session) -> None:
    from_text = take(session, DEMO_DATA / "mezunlar.csv")
    people = [[getattr(person, name) for name in FIELDS] for person in list_people(session)]
    from_book = take(session, DEMO_DATA / "mezunlar.xlsx", is_demo=True)
    twins = [p for p in list_people(session) if p.is_demo]

    assert count_outcomes(from_text) == count_outcomes(from_book) == (3581, 0, 0, 0)
    assert from_text.unmailable == from_book.unmailable == 0
    assert people == [[getattr(person, name) for name in FIELDS] for person in twins]


def test_workbook_with_numbers_and_dates_is_imported(session: Session, tmp_path: Path) -> None:
    header = [*HEADER.split(";"), "Mezuniyet Tarihi"]
    row = [2020100001, "Ayşe", "Yılmaz", "a@example.com", 2024.0, date(2024, 6, 10)]

    take(session, write_book(tmp_path, [["Liste"], [], header, row]))

    (person,) = list_people(session)
    assert (person.external_id, person.graduation_year) == ("2020100001", 2024)
    assert person.graduation_date == date(2024, 6, 10)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (";Ayşe;;a@example.com;2024", "key_missing"),
        ("1;Ayşe;;a@example.com;20222", "not_a_year"),
        ("1;A\0;;a@example.com;2024", "forbidden_character"),
        (f"1;{'x' * 300};;a@example.com;2024", "too_long"),
        ("1;Ayşe;;a@example.com;2024;x", "too_many_cells"),
    ],
)
def test_row_stays_out_with_its_reason(
    session: Session, tmp_path: Path, row: str, code: str
) -> None:
    result = take_lines(session, tmp_path, HEADER, row, GOOD_ROW)

    assert list_codes(result) == [(2, code, False)]
    assert count_outcomes(result) == (1, 0, 0, 1)
    assert result.read == 2


@pytest.mark.parametrize(
    ("cell", "code", "fault"),
    [
        ("", "email_missing", "missing"),
        ("yok", "email_malformed", "malformed"),
        ("ayşe@example.com", "email_letters", "malformed"),
    ],
)
def test_person_with_a_bad_address_is_kept_without_it(
    session: Session, tmp_path: Path, cell: str, code: str, fault: str
) -> None:
    result = take_lines(session, tmp_path, HEADER, f"1;Ayşe;Yılmaz;{cell};2024")

    (person,) = list_people(session)
    assert (result.created, result.rejected, result.unmailable) == (1, 0, 1)
    assert list_codes(result) == [(2, code, True)]
    assert (person.email, person.email_fault) == (None, fault)


def test_bad_address_of_a_later_file_leaves_the_good_one(session: Session, tmp_path: Path) -> None:
    take_lines(session, tmp_path, HEADER, "1;Ayşe;Yılmaz;ayse@example.com;2024")

    result = take_lines(session, tmp_path, HEADER, "1;Ayşe;Yılmaz;yok;2025")

    (person,) = list_people(session)
    assert list_codes(result) == [(2, "email_malformed", True)]
    assert (result.updated, result.unmailable) == (1, 0)
    assert (person.email, person.email_fault) == ("ayse@example.com", None)
    assert person.graduation_year == 2025


def test_every_fault_of_a_row_is_listed(session: Session, tmp_path: Path) -> None:
    result = take_lines(session, tmp_path, HEADER, ";Ayşe;;x;x")

    assert [(r.column, r.value) for r in result.rejects] == [
        ("Öğrenci No", ""),
        ("E-posta", "x"),
        ("Mezuniyet Yılı", "x"),
    ]
    assert (result.rejected, result.unmailable) == (1, 0)


def test_repeated_key_stays_out_when_it_says_something_else(
    session: Session, tmp_path: Path
) -> None:
    other = GOOD_ROW.replace("Ayşe", "Fatma")

    result = take_lines(session, tmp_path, HEADER, GOOD_ROW, GOOD_ROW, other)

    assert count_outcomes(result) == (1, 0, 1, 1)
    assert list_codes(result) == [(4, "duplicate_key", False)]
    assert result.rejects[0].reason.params == {"row": 2}
    assert list_people(session)[0].given_name == "Ayşe"


def test_identity_numbers_under_an_innocent_heading_are_refused(
    session: Session, tmp_path: Path
) -> None:
    with pytest.raises(IdentityNumberColumn) as caught:
        take_lines(session, tmp_path, "Öğrenci No;Numara", "1;10000000146", "2;10000000146")

    assert caught.value.params == {"column": "Numara"}
    assert list_people(session) == []


def test_one_number_that_fits_by_chance_does_not_refuse_the_list(
    session: Session, tmp_path: Path
) -> None:
    rows = [f"{n};a{n}@example.com;{'0555111' + str(n) if n > 1200 else ''}" for n in range(1300)]
    rows[0] += "10000000146"

    result = take_lines(session, tmp_path, "Öğrenci No;E-posta;Ek", *rows)

    assert result.created == 1300


def test_shared_mailbox_leaves_two_people_and_a_warning(session: Session, tmp_path: Path) -> None:
    make_alumnus(session, external_id="9", email="aile@example.com")
    make_alumnus(session, external_id="8", email="aile@example.com", is_demo=True)

    result = take_lines(
        session, tmp_path, HEADER, "1;Ayşe;;Aile@example.com;2024", "2;Ali;;aile@example.com;2024"
    )

    (remark,) = result.remarks
    assert result.created == 2
    assert remark.reason.code == "shared_mailbox"
    assert remark.reason.params == {"count": 3, "address": "aile@example.com", "rows": "2, 3"}


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["Öğrenci No;Ad;E-posta", "1;IÅŸÄ±l;a@example.com"], "garbled_letters"),
        (["Öğrenci No;Ad;E-posta", "1;Iþýl;a@example.com"], "garbled_letters"),
        (["Öğrenci No;Ad;E-posta;", "1;Ayşe;a@example.com;x"], "cells_without_heading"),
        (["Öğrenci No;Ad", "1;Ayşe"], "no_email_column"),
        (["Öğrenci No;Kişi;E-posta", "1;Ayşe;a@example.com"], "no_name_column"),
    ],
)
def test_import_warns_of_what_it_noticed(
    session: Session, tmp_path: Path, lines: list[str], code: str
) -> None:
    result = take_lines(session, tmp_path, *lines)

    assert [remark.reason.code for remark in result.remarks] == [code]
    assert result.created == 1


def test_import_warns_of_sheets_that_were_not_read(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    for name in ("2023", "2024"):
        book.create_sheet(name).append(HEADER.split(";"))
        book[name].append([name, "Ayşe", "", f"{name}@example.com"])
    book.save(path)

    result = take(session, path)

    (remark,) = result.remarks
    assert result.created == 1
    assert (remark.reason.code, remark.reason.params) == ("sheets_not_read", {"sheets": "2024"})


def test_unknown_language_leaves_the_person_without_one(session: Session, tmp_path: Path) -> None:
    result = take_lines(
        session, tmp_path, "Öğrenci No;E-posta;Dil", "1;a@example.com;Almanca", "2;b@example.com;"
    )

    assert list_codes(result) == [(2, "language_unknown", True)]
    assert [person.language for person in list_people(session)] == [None, None]
