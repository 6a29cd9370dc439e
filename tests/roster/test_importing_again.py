"""A second file, or the same once more."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from surveys.extensions import transaction
from surveys.i18n import sort_key
from surveys.roster.erasing import erase_person
from surveys.roster.running import ImportResult
from tests.conftest import NOW
from tests.factories import make_alumnus
from tests.roster.files import (
    GOOD_ROW,
    HEADER,
    KEYS,
    count_outcomes,
    list_codes,
    list_people,
    take,
    take_lines,
    write_text,
)

LATER = NOW + timedelta(days=1)


def test_second_run_changes_nothing(session: Session, tmp_path: Path) -> None:
    lines = [HEADER + ";Not", GOOD_ROW + ";x", "2;Ali;;yok;2023;", "3;Can;;;;y"]
    first = take_lines(session, tmp_path, *lines)

    second = take_lines(session, tmp_path, *lines, now=LATER)

    assert count_outcomes(first) == (3, 0, 0, 0)
    assert count_outcomes(second) == (0, 0, 3, 0)
    assert first.unmailable == second.unmailable == 2
    assert {person.updated_at for person in list_people(session)} == {NOW}


def test_corrected_address_makes_the_person_mailable(session: Session, tmp_path: Path) -> None:
    take_lines(session, tmp_path, HEADER, "1;Ayşe;;yok;2024", "2;Ali;;ali@example.com;2024")

    result = take_lines(
        session,
        tmp_path,
        HEADER,
        "1;Ayşe;;ayse@example.com;2024",
        "2;Ali;;ali@example.com;2024",
        now=LATER,
    )

    ayse, ali = list_people(session)
    assert count_outcomes(result) == (0, 1, 1, 0)
    assert (ayse.email, ayse.email_fault, ayse.updated_at) == ("ayse@example.com", None, LATER)
    assert ali.updated_at == NOW


def test_columns_that_the_file_lacks_stay(session: Session, tmp_path: Path) -> None:
    take_lines(session, tmp_path, HEADER + ";Not;Ek", GOOD_ROW + ";a;b")

    result = take_lines(session, tmp_path, "Öğrenci No;Ad;Not", "2020100001;Fatma;c")

    (person,) = list_people(session)
    assert count_outcomes(result) == (0, 1, 0, 0)
    assert (person.given_name, person.family_name) == ("Fatma", "Yılmaz")
    assert (person.email, person.graduation_year) == ("ayse@example.com", 2024)
    assert person.attributes == {"Not": "c", "Ek": "b"}
    assert result.unmailable == 0


def test_empty_cell_empties_the_value(session: Session, tmp_path: Path) -> None:
    take_lines(session, tmp_path, HEADER + ";Not", GOOD_ROW + ";a")

    take_lines(session, tmp_path, HEADER + ";Not", "2020100001;Ayşe;;;;")

    (person,) = list_people(session)
    assert (person.family_name, person.email, person.graduation_year) == ("", None, None)
    assert person.attributes == {}


def test_batch_updates_some_and_keeps_others_whole(session: Session, tmp_path: Path) -> None:
    lines = [f"{n};Ad{n};;a{n}@example.com;2024" for n in range(1500)]
    take_lines(session, tmp_path, HEADER, *lines)
    changed = [*lines[:1499], "1499;Yeni;;a1499@example.com;2024"]

    result = take_lines(session, tmp_path, HEADER, *changed)

    assert count_outcomes(result) == (0, 1, 1499, 0)
    assert [p.given_name for p in list_people(session) if p.external_id == "1499"] == ["Yeni"]


def test_demo_people_stay_apart_from_real_ones(session: Session, tmp_path: Path) -> None:
    take_lines(session, tmp_path, HEADER, GOOD_ROW)

    result = take_lines(session, tmp_path, HEADER, GOOD_ROW, is_demo=True)

    assert count_outcomes(result) == (1, 0, 0, 0)
    assert sorted(person.is_demo for person in list_people(session)) == [False, True]


def test_dry_run_counts_the_same_and_writes_nothing(session: Session, tmp_path: Path) -> None:
    make_alumnus(session, external_id="1", given_name="Eski")
    lines = [HEADER, "1;Yeni;;a@example.com;2024", GOOD_ROW, GOOD_ROW, ";x;;;", "5;Can;;;"]

    dry = take_lines(session, tmp_path, *lines, is_dry_run=True)
    before = [person.given_name for person in list_people(session)]
    wet = take_lines(session, tmp_path, *lines)

    assert before == ["Eski"]
    assert dry == wet
    assert count_outcomes(wet) == (2, 1, 1, 1)


@pytest.mark.parametrize(
    "row",
    [
        "2020100001;Ayşe;Yılmaz;ayse@example.com;2024",
        "2020100001;Ayşe;Yılmaz;yeni@example.com;2024",
        "777;Ayşe;Yılmaz;AYSE@example.com;2024",
    ],
)
def test_erased_person_does_not_come_back(session: Session, tmp_path: Path, row: str) -> None:
    take_lines(session, tmp_path, HEADER, GOOD_ROW)
    erase_person(session, person=list_people(session)[0], keys=KEYS, now=NOW)

    result = take_lines(session, tmp_path, HEADER, row)

    (tombstone,) = list_people(session)
    assert list_codes(result) == [(2, "erased", False)]
    assert (tombstone.given_name, tombstone.email) == ("", None)


def test_erasing_one_reader_of_a_mailbox_leaves_the_other(session: Session, tmp_path: Path) -> None:
    rows = ["1;Ayşe;;aile@example.com;2024", "2;Ali;;aile@example.com;2024"]
    take_lines(session, tmp_path, HEADER, *rows)
    erase_person(session, person=list_people(session)[0], keys=KEYS, now=NOW)

    result = take_lines(session, tmp_path, HEADER, *rows)

    assert list_codes(result) == [(2, "erased", False)]
    assert count_outcomes(result) == (0, 0, 1, 1)


def test_two_imports_at_once_take_everybody_once(app: Flask, tmp_path: Path) -> None:
    rows = [f"{n};Ad;;a{n}@example.com;2024" for n in range(1200)]
    path = write_text(tmp_path, HEADER, *rows)

    def import_once(_: int) -> ImportResult:
        with app.app_context(), transaction() as session:
            return take(session, path)

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(import_once, range(2)))

    assert sorted(count_outcomes(r) for r in results) == [(0, 0, 1200, 0), (1200, 0, 0, 0)]


def test_changed_name_is_found_and_sorted_by_the_new_one(session: Session, tmp_path: Path) -> None:
    take_lines(session, tmp_path, HEADER, "7;Işıl;Çağrı;;2024")

    [before] = [(p.search_text, p.sort_key) for p in list_people(session)]
    take_lines(session, tmp_path, "Öğrenci No;Soyad", "7;Öz", now=LATER)
    [after] = [(p.search_text, p.sort_key) for p in list_people(session)]

    assert before == ("isil cagri 7", sort_key("Çağrı Işıl"))
    assert after == ("isil oz 7", sort_key("Öz Işıl"))
