"""`flask survey export`: a file with a codebook, and a row in the audit trail."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEntry, Response
from tests.exporting.answered import ANSWERS, add_response, make_asked, read_text


def run(app: Flask, *args: str) -> tuple[int, dict[str, Any]]:
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["survey", "export", *args, "--json"])
    return result.exit_code, json.loads(result.output)


def add_answers(session: Session, count: int = 3) -> str:
    survey = make_asked(session)
    for _ in range(count):
        add_response(session, survey, ANSWERS)
    code = survey.code
    session.commit()
    return code


@pytest.mark.parametrize("ending", ["csv", "xlsx", "sav"])
def test_export_writes_every_response(
    app: Flask, session: Session, tmp_path: Path, ending: str
) -> None:
    code = add_answers(session)

    exit_code, result = run(app, code, str(tmp_path / f"out.{ending}"))

    assert (exit_code, result["rows"]) == (0, len(session.scalars(select(Response)).all()))
    assert all(Path(file).stat().st_size for file in result["files"])


def test_export_as_csv_has_its_codebook_beside_it(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    code = add_answers(session)

    run(app, code, str(tmp_path / "out.csv"))

    assert len(read_text(tmp_path / "out.csv")) == 3
    lines = read_text(tmp_path / "out-kod-kitabı.csv")
    assert {"job", "skills_a"} <= {line["Sütun"] for line in lines}
    assert sorted(path.name for path in tmp_path.glob("*.csv")) == ["out-kod-kitabı.csv", "out.csv"]


def test_export_is_in_the_audit_trail(app: Flask, session: Session, tmp_path: Path) -> None:
    code = add_answers(session)

    run(app, code, str(tmp_path / "out.sav"), "--keep-personal-data")

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "survey.export")).one()
    assert (entry.actor, entry.subject) == ("cli", f"survey:{code}")
    assert entry.details == {"format": "sav", "rows": 3, "keeps_personal_data": True}


@pytest.mark.parametrize("name", ["out.pdf", "out", "missing/out.csv"])
def test_export_to_an_impossible_place_is_refused(
    app: Flask, session: Session, tmp_path: Path, name: str
) -> None:
    exit_code, result = run(app, add_answers(session), str(tmp_path / name))

    assert (exit_code, result["refused"]) == (1, "export_file_refused")


def test_export_of_an_unknown_survey_is_refused(app: Flask, tmp_path: Path) -> None:
    assert run(app, "yok", str(tmp_path / "out.csv"))[1]["refused"] == "survey_unknown"
