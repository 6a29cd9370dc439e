"""Whether the process lives, and whether it can serve."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from models import Beat
from tests.conftest import NOW, SettableClock


def test_living_process_says_ok(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok\n"


def test_ready_names_what_was_looked_at(
    client: FlaskClient, session: Session, clock: SettableClock
) -> None:
    session.add(Beat(name="tick", at=NOW, by="test", result={}))
    session.commit()

    fresh = client.get("/readyz")
    clock.advance(timedelta(hours=1))
    stale = client.get("/readyz")

    assert fresh.get_json() == {
        "database": True, "migrations": True, "scheduler": True, "disk": True,
    }  # fmt: skip
    assert (stale.status_code, stale.get_json()["scheduler"]) == (200, False)


def test_unmigrated_database_is_not_ready(client: FlaskClient, session: Session) -> None:
    session.execute(text("UPDATE alembic_version SET version_num = 'other'"))
    session.commit()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.get_json()["migrations"]) == (503, False)
