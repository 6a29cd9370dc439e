"""`flask roster import` from the outside."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from models import Alumnus, AuditEntry
from surveys.extensions import db
from tests.roster.files import DEMO_DATA, GOOD_ROW, HEADER, write_text


def run(app: Flask, *words: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=["roster", "import", *map(str, words)])


def run_json(app: Flask, *words: str | Path) -> dict[str, Any]:
    result = run(app, *words, "--json")
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def count_people(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Alumnus)) or 0


def test_import_takes_the_demo_list_and_changes_nothing_twice(app: Flask, session: Session) -> None:
    path = DEMO_DATA / "mezunlar.csv"

    first, second = run_json(app, path, "--demo"), run_json(app, path, "--demo")

    counts = {"read": 3581, "updated": 0, "rejected": 0, "unmailable": 0, "rejects": []}
    assert first.items() >= {**counts, "created": 3581, "unchanged": 0, "is_demo": True}.items()
    assert second.items() >= {**counts, "created": 0, "unchanged": 3581}.items()
    assert session.scalar(select(func.count()).where(Alumnus.is_demo)) == 3581


def test_import_lists_rejected_rows_in_turkish(app: Flask, tmp_path: Path) -> None:
    path = write_text(tmp_path, HEADER, GOOD_ROW, "2;Ali;;ali@gmial.com;20222")

    answer = run_json(app, path)

    assert answer["rejects"][1] == {
        "row": 3,
        "column": "Mezuniyet Yılı",
        "value": "20222",
        "reason": "Bu bir yıl değil. Dört haneli bir yıl yazın (1900–2027).",
        "code": "not_a_year",
        "kept": False,
    }
    assert "ali@gmail.com" in answer["rejects"][0]["reason"]


def test_import_says_in_words_what_it_did(app: Flask, tmp_path: Path) -> None:
    path = write_text(tmp_path, HEADER, GOOD_ROW, "2;Ali;;AYSE@example.com;2024", ";;;x;")

    result = run(app, path)

    assert result.exit_code == 0
    assert "Okunan satır: 3. Yeni: 2" in result.stdout
    assert (
        "Uyarı: ayse@example.com adresini 2 mezun ortak kullanıyor (satır: 2, 3)." in result.stdout
    )
    assert "4. satır, Öğrenci No “”: " in result.stdout


def test_import_says_twenty_warnings_and_counts_the_rest(app: Flask, tmp_path: Path) -> None:
    rows = [f"{n};Ad;;a{n % 1_250}@example.com;2024" for n in range(2_500)]

    result = run(app, write_text(tmp_path, HEADER, *rows))

    assert result.stdout.count("Uyarı:") == 20
    assert "… ve 1.230 uyarı daha." in result.stdout


def test_amounts_are_written_with_separators_and_cells_without_headings(
    app: Flask, tmp_path: Path
) -> None:
    path = write_text(tmp_path, HEADER, f"{GOOD_ROW};fazla", f"2;Ali;;a@example.com;{'x' * 1_500}")

    result = run(app, path)

    assert "2. satır, “fazla”: " in result.stdout
    assert "1.500" in result.stdout


def test_import_audits_counts_and_no_person(app: Flask, session: Session, tmp_path: Path) -> None:
    run_json(app, write_text(tmp_path, HEADER, GOOD_ROW))

    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.action, entry.subject) == ("cli", "roster.import", "roster")
    assert entry.details["created"] == 1
    assert "ayse" not in json.dumps(entry.details)


def test_dry_run_counts_and_leaves_the_database(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    answer = run_json(app, write_text(tmp_path, HEADER, GOOD_ROW, ";x;;;"), "--dry-run")

    assert (answer["created"], answer["rejected"], answer["is_dry_run"]) == (1, 1, True)
    assert count_people(session) == 0
    assert session.scalars(select(AuditEntry)).all() == []


def test_failure_half_way_leaves_the_roster_as_it_was(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    rows = [f"{n};Ad;;a{n}@example.com;2024" for n in range(2500)]
    path = write_text(tmp_path, HEADER, *rows)
    insert_count = 0

    def break_third_insert(*given: Any) -> None:
        nonlocal insert_count
        if str(given[2]).startswith("INSERT INTO alumnus"):
            insert_count += 1
            if insert_count == 3:
                raise ConnectionAbortedError

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", break_third_insert)
    result = run(app, path)

    assert isinstance(result.exception, ConnectionAbortedError)
    assert insert_count == 3
    assert count_people(session) == 0


def test_fault_in_the_last_line_leaves_the_roster_as_it_was(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    rows = [f"{n};Ad;;a{n}@example.com;2024" for n in range(1500)]

    result = run(app, write_text(tmp_path, HEADER, *rows, '1;"x'), "--json")

    assert result.exit_code == 1
    assert json.loads(result.stdout)["refused"] == "broken_quotes"
    assert count_people(session) == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (bytes(range(256)) * 8, "not_text"),
        (b"PK\x03\x04" + bytes(99), "workbook_damaged"),
        (b"Ad;Soyad\n1;2\n", "no_key_column"),
        ("Öğrenci No;TCKN\n1;2\n".encode(), "identity_number_column"),
    ],
)
def test_unusable_file_is_refused_once_and_clearly(
    app: Flask, tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)

    result = run(app, path, "--json")

    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["refused"]) == (1, code)
    assert len(answer["message"]) > 30


def test_missing_file_is_refused_in_words(app: Flask, tmp_path: Path) -> None:
    result = run(app, tmp_path / "yok.csv")

    assert result.exit_code == 1
    assert result.stderr == "“yok.csv” adlı bir dosya yok. Dosya adını ve klasörü kontrol edin.\n"


def test_mapping_names_the_columns(app: Flask, session: Session, tmp_path: Path) -> None:
    path = write_text(tmp_path, "Kod=1;Kişi", "A-1;Ayşe")

    answer = run_json(app, path, "--map", "kod=1=external_id", "--map", "Kişi=given_name")

    person = session.scalars(select(Alumnus)).one()
    assert answer["created"] == 1
    assert (person.external_id, person.given_name) == ("A-1", "Ayşe")


@pytest.mark.parametrize("pairs", [["Ad"], ["Ad=name"], ["=email"], ["A=email", "B=email"]])
def test_wrong_mapping_is_wrong_use(app: Flask, tmp_path: Path, pairs: list[str]) -> None:
    words = [word for pair in pairs for word in ("--map", pair)]

    result = run(app, write_text(tmp_path, HEADER, GOOD_ROW), *words)

    assert result.exit_code == 2
    assert "--map" in result.stderr


def test_rejects_file_is_written_and_can_be_imported(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    path = write_text(tmp_path, HEADER, GOOD_ROW, "2;Ali;;ali@example.com;x")
    rejects = tmp_path / "rejects.csv"

    run_json(app, path, "--rejects", rejects)
    rejects.write_text(rejects.read_text("utf-8-sig").replace(";x;", ";2024;"), "utf-8")
    answer = run_json(app, rejects)

    assert (answer["read"], answer["created"]) == (1, 1)
    assert count_people(session) == 2


def test_rejects_path_is_refused_before_anything_is_imported(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    path = write_text(tmp_path, HEADER, GOOD_ROW)

    result = run(app, path, "--rejects", tmp_path / "out.pdf", "--json")

    assert json.loads(result.stdout)["refused"] == "rejects_file_refused"
    assert count_people(session) == 0


def test_counts_are_told_when_the_rejects_cannot_be_written(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    path = write_text(tmp_path, HEADER, GOOD_ROW, ";x;;;")
    folder = tmp_path / "rejects"
    folder.mkdir()

    def remove_folder(*given: Any) -> None:
        if str(given[2]).startswith("INSERT INTO alumnus"):
            folder.rmdir()

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", remove_folder)
    result = run(app, path, "--rejects", folder / "out.xlsx", "--json")

    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["refused"]) == (1, "rejects_not_written")
    assert (answer["created"], answer["rejected"]) == (1, 1)
    assert count_people(session) == 1


def test_json_lists_ten_thousand_rejects_and_says_that_there_are_more(
    app: Flask, tmp_path: Path
) -> None:
    path = write_text(tmp_path, HEADER, *[f"{n};Ad;;;x" for n in range(5_001)])

    answer = run_json(app, path, "--rejects", tmp_path / "out.csv")

    assert (len(answer["rejects"]), answer["reject_count"]) == (10_000, 10_002)
    assert answer["rejected"] == 5_001
    assert len((tmp_path / "out.csv").read_text("utf-8-sig").splitlines()) == 5_002


def test_identity_numbers_stand_in_no_output(app: Flask, tmp_path: Path) -> None:
    path = write_text(tmp_path, "Öğrenci No;Not", "1;10000000146")

    result = run(app, path)

    assert result.exit_code == 1
    assert "“Not”" in result.stderr
    assert "10000000146" not in result.output
