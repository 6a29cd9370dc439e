"""`flask indicator load|show`: the printed value is the measured one."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEntry
from surveys.settings import ROOT
from tests.crowd import add_people, answer_all, invite_all
from tests.factories import make_survey

PLAN = str(ROOT / "demo" / "data" / "PG3.3.5.yaml")


def run(app: Flask, *args: str) -> tuple[int, str]:
    # A context of its own, as the command has in a process of its own: its read ends with it.
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["indicator", *args])
    return result.exit_code, result.output


def show(app: Flask, *args: str) -> dict[str, Any]:
    code, output = run(app, "show", "PG3.3.5", "--json", *args)
    assert code == 0, output
    loaded: dict[str, Any] = json.loads(output)
    return loaded


def add_answers(session: Session, *, of: int, is_demo: bool = False) -> None:
    people = add_people(session, 3581, is_demo=is_demo)
    survey = make_survey(session, indicator_code="PG3.3.5", is_demo=is_demo)
    invite_all(session, survey, people)
    answer_all(session, survey, people[:of])
    session.commit()


def test_indicator_as_json_has_exactly_the_promised_keys(app: Flask, session: Session) -> None:
    run(app, "load", PLAN)
    add_answers(session, of=450)

    result = show(app, "--year", "2026")

    assert result == {
        "code": "PG3.3.5",
        "year": 2026,
        "numerator": 450,
        "denominator": 3581,
        "value": 12.57,
        "target": 30.0,
        "missing": 625,
        "performance": 0.4,
        "formula": "2026 yılında geçerli yanıtı olan kişi ÷ kesim anında kayıtlı mezun × 100",
        "as_of": "2026-11-23T09:00:00Z",
    }


def test_indicator_is_of_the_present_year_when_none_is_asked(app: Flask) -> None:
    run(app, "load", PLAN)

    assert show(app)["year"] == 2026


def test_indicator_in_words_prints_its_definition(app: Flask, session: Session) -> None:
    run(app, "load", PLAN)
    add_answers(session, of=450)

    _code, output = run(app, "show", "PG3.3.5")

    assert output.splitlines() == [
        "PG3.3.5 · 2026: %12,57 (450 / 3.581)",
        "Hedefin 17,43 puan gerisinde: %30 için 625 kişinin daha yanıtlaması gerekiyor.",
        "Performans: %0,40 = (C−A)/(B−A) × 100 (A = %12,50, B = %30,00, C = %12,57)",
        "",
        "Formül: 2026 yılında geçerli yanıtı olan kişi ÷ kesim anında kayıtlı mezun × 100",
        "  Gösterge: PG3.3.5 · Mezun anketlerine yanıt veren mezunların oranı",
        "  Tür ve birim: bir yıl içindeki kişi oranı, yüzde",
        "  Pay: 2026 yılında bir anketi tamamlayıp gönderen farklı kişiler, her biri bir kez: 450",
        "  Payda: kesim anında kayıtlı mezunlar: 3.581",
        "  Kısmi yanıtlar: sayılmaz",
        "  Dönem: 1 Ocak 2026 – 31 Aralık 2026 (Europe/Istanbul)",
        "  Kesim anı: 23 Kasım 2026 12:00",
        "  Tanım: 1. sürüm",
    ]


def test_indicator_without_a_loaded_definition_says_how_to_set_targets(app: Flask) -> None:
    result = show(app)
    _code, output = run(app, "show", "PG3.3.5")

    assert (result["target"], result["missing"], result["performance"]) == (None, None, None)
    assert result["value"] is None
    assert "flask indicator load DOSYA" in output
    assert "hedefsiz" in output


def test_indicator_of_nobody_has_no_missing_answers(app: Flask) -> None:
    run(app, "load", PLAN)

    result = show(app)
    _code, output = run(app, "show", "PG3.3.5")

    assert (result["denominator"], result["target"], result["missing"]) == (0, 30.0, None)
    assert (
        output.splitlines()[1]
        == "Hedef %30. Paydada henüz kayıtlı kimse olmadığı için oran hesaplanamıyor."
    )


def test_indicator_that_lacks_one_year_says_to_add_it(app: Flask) -> None:
    run(app, "load", PLAN)

    _code, output = run(app, "show", "PG3.3.5", "--year", "2040")

    assert "Yüklediğiniz dosyanın targets bölümüne 2040 yılını ekleyin" in output
    assert "standard/PG3.3.5.yaml" not in output


def test_indicator_marks_demo_data_where_nothing_else_is(app: Flask, session: Session) -> None:
    run(app, "load", PLAN, "--demo")
    add_answers(session, of=100, is_demo=True)

    result = show(app)
    _code, output = run(app, "show", "PG3.3.5")

    assert (result["demo"], result["numerator"], result["denominator"]) == (True, 100, 3581)
    assert output.startswith("ÖRNEK VERİ")


def test_indicator_leaves_demo_data_out_where_real_data_is(app: Flask, session: Session) -> None:
    add_answers(session, of=100, is_demo=True)
    add_people(session, 10)
    session.commit()

    result = show(app)

    assert "demo" not in result
    assert (result["numerator"], result["denominator"]) == (0, 10)
    assert show(app, "--demo")["demo"] is True


def test_indicator_loads_a_version_once_and_says_so(app: Flask, session: Session) -> None:
    first = run(app, "load", PLAN, "--json")
    second = run(app, "load", PLAN, "--json")

    assert json.loads(first[1]) == {"code": "PG3.3.5", "version": 1, "is_demo": False}
    assert json.loads(second[1])["version"] == 1
    actions = session.scalars(select(AuditEntry.action)).all()
    assert actions == ["indicator.load", "indicator.load"]


@pytest.mark.parametrize(
    ("content", "count"),
    [(b"code: x y\nname: Oran\ndecimals: 9", 2), (b"\xff\xfe\x00", 1), (b"", 1), (b"\0" * 9, 1)],
    ids=["faults", "utf16", "empty", "binary"],
)
def test_indicator_file_is_refused_with_every_fault(
    app: Flask, tmp_path: Path, content: bytes, count: int
) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(content)

    code, output = run(app, "load", str(path), "--json")

    refusal = json.loads(output)
    assert (code, refusal["refused"]) == (1, "indicator_refused")
    assert len(refusal["faults"]) == count


def test_indicator_faults_in_words_name_place_and_line(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("code: PG1\nname: Oran\ndecimals: 9")

    code, output = run(app, "load", str(path))

    assert code == 1
    assert "Gösterge tanımındaki hata sayısı: 1" in output
    assert "  decimals (3. satır): " in output


def test_indicator_commands_refuse_what_is_not_there(app: Flask) -> None:
    unknown = run(app, "show", "PG9", "--json")

    assert (unknown[0], json.loads(unknown[1])["refused"]) == (1, "indicator_unknown")
    assert run(app, "load", "yok.yaml")[0] == 2
    assert run(app, "show", "PG3.3.5", "--year", "1")[0] == 2
