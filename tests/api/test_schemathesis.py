"""schemathesis holds the running service to the document that it serves, and finds nothing."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from surveys.api_keys.scopes import Scope
from surveys.clock import SystemClock
from surveys.extensions import db
from surveys.settings import ROOT
from tests.api.conftest import MakeKey
from tests.api.live import running_service
from tests.crowd import add_people, answer_all, invite_all
from tests.factories import make_survey
from tests.reporting.test_documents import add_target

CONFIG = Path(__file__).with_name("schemathesis.toml")
INDICATOR = "PG3.3.5"
# In `make test` every run tries the same few; `make schemathesis` tries others, and more of them.
LONGER = os.environ.get("SCHEMATHESIS_EXAMPLES")  # noqa: TID251
EXTENT = (
    ("--max-examples", LONGER) if LONGER else ("--max-examples", "10", "--generation-deterministic")
)


@pytest.fixture
def key(session: Session, make_key: MakeKey) -> str:
    """A key with every scope, in a world with a survey that 7 of 40 people have answered."""
    now = SystemClock().now()
    add_target(session, "20")
    survey = make_survey(
        session,
        indicator_code=INDICATOR,
        year=now.year,
        opens_at=now - timedelta(days=20),
        closes_at=now + timedelta(days=20),
    )
    people = add_people(session, 40)
    invite_all(session, survey, people, unit="Hukuk", programme="Hukuk")
    answer_all(session, survey, people[:7])
    made = make_key(
        *Scope, created_at=now - timedelta(days=1), expires_at=now + timedelta(days=300)
    )
    session.commit()
    return made


def test_served_document_is_true(app: Flask, database_url: str, key: str, tmp_path: Path) -> None:
    log = tmp_path / "gunicorn.log"
    with app.app_context():
        db.engine.dispose()
    with running_service(database_url, log=log) as url:
        found = subprocess.run(
            [
                *(str(Path(sys.executable).with_name("schemathesis")), "--config-file", CONFIG),
                *("run", f"{url}/api/v1/openapi.json", "--header", f"Authorization:Bearer {key}"),
                *("--checks", "all", *EXTENT, "--no-color", "--warnings", "off"),
            ],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},  # noqa: TID251
            check=False,
        )

    assert found.returncode == 0, found.stdout + found.stderr
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert lines
    assert not [line for line in lines if line["level"] == "error"]
