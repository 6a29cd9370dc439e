import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import AuditEntry, Survey
from surveys.settings import ROOT
from tests.building.documents import make_full_document, text
from tests.conftest import NOW

DEMO_SURVEY = ROOT / "demo" / "data" / "mezun-izleme.yaml"


def load(app: Flask, *args: object) -> Result:
    return app.test_cli_runner().invoke(args=["survey", "load", *map(str, args)])


def write(folder: Path, document: Any) -> Path:
    path = folder / "survey.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_load_saves_a_draft_and_says_what_it_holds(app: Flask, session: Session) -> None:
    result = load(app, DEMO_SURVEY)

    assert result.exit_code == 0
    assert "mezun-izleme-2026 taslak olarak kaydedildi (1. düzenleme)." in result.output
    assert "Bölüm: 4, soru: 14, gönderim: 4." in result.output
    draft = session.scalars(select(Survey)).one()
    assert (draft.code, draft.is_demo, draft.updated_at) == ("mezun-izleme-2026", False, NOW)


def test_load_answers_in_json(app: Flask) -> None:
    load(app, DEMO_SURVEY, "--demo")

    result = load(app, DEMO_SURVEY, "--demo", "--json")

    assert json.loads(result.output) == {
        "code": "mezun-izleme-2026",
        "is_demo": True,
        "revision": 2,
        "sections": 4,
        "questions": 14,
        "mailings": 4,
        "shifted": [],
        "warnings": [],
    }


def test_load_tells_what_should_be_looked_at(app: Flask, tmp_path: Path) -> None:
    document = make_full_document() | {"title": {"tr": "Yalnız Türkçe"}}

    result = load(app, write(tmp_path, document))

    assert result.exit_code == 0
    assert "Gözden geçirin: title.en: İngilizce metin eksik." in result.output


def test_load_is_audited(app: Flask, session: Session) -> None:
    load(app, DEMO_SURVEY)

    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.action) == ("cli", "survey.load")
    assert (entry.subject, entry.details) == ("survey:mezun-izleme-2026", {"revision": 1})


def test_load_lists_every_fault_and_saves_nothing(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "survey.yaml"
    file.write_text("code: a b\ntitle: t\nlanguages: [tr]\n", encoding="utf-8")

    result = load(app, file)

    assert result.exit_code == 1
    assert result.stdout == ""
    assert "Anket tanımındaki hata sayısı: 9. Hiçbir şey kaydedilmedi." in result.stderr
    assert "  code (1. satır): a b kod olamaz." in result.stderr
    assert "  sections: Bu anahtar eksik. Ekleyin." in result.stderr
    assert session.scalar(select(func.count(Survey.id))) == 0


def test_load_lists_every_fault_in_json(app: Flask, tmp_path: Path) -> None:
    document = make_full_document() | {"timezone": "Mars/Olympus", "colour": "red"}

    result = load(app, write(tmp_path, document), "--json")

    refusal = json.loads(result.stdout)
    assert (result.exit_code, refusal["refused"]) == (1, "definition_refused")
    assert {fault["place"] for fault in refusal["faults"]} == {"timezone", "colour"}
    assert all(fault["message"] for fault in refusal["faults"])


def test_load_tells_times_that_do_not_exist(app: Flask, tmp_path: Path) -> None:
    document = make_full_document() | {"timezone": "Europe/Berlin", "mailings": []}
    document |= {"opens_at": "2027-03-28T02:30", "closes_at": "2027-05-01T10:00"}
    document["mailings"] = [{"kind": "invitation", "at": "2027-03-28T10:00", "subject": text("x")}]

    result = load(app, write(tmp_path, document))

    assert result.exit_code == 0
    assert "opens_at: o gün saatler ileri alındığı için 2027-03-28T02:30 yoktur" in result.output


def test_load_refuses_a_launched_survey(app: Flask, session: Session) -> None:
    load(app, DEMO_SURVEY)
    session.scalars(select(Survey)).one().launched_at = NOW
    session.commit()

    result = load(app, DEMO_SURVEY, "--json")

    assert result.exit_code == 1
    assert json.loads(result.stdout)["refused"] == "survey_already_launched"


@pytest.mark.parametrize("content", [b"", b"\x00\x01\xfe\xff", b"x" * 600_000, b"PK\x03\x04"])
def test_load_refuses_a_file_that_is_no_definition(
    app: Flask, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "survey.yaml"
    file.write_bytes(content)

    result = load(app, file, "--json")

    assert result.exit_code == 1
    assert len(json.loads(result.stdout)["faults"]) == 1


def test_load_without_a_readable_file_is_wrong_use(app: Flask, tmp_path: Path) -> None:
    assert load(app, tmp_path / "missing.yaml").exit_code == 2
    assert load(app, tmp_path).exit_code == 2
    assert load(app).exit_code == 2
