"""`flask doctor` tells what is right, what is not, and what to do."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import update

from models import Beat, DomainPace
from surveys.extensions import transaction
from surveys.settings import Settings
from tests.api_keys.made import make, wanted_hook
from tests.conftest import NOW, SettableClock, make_settings
from tests.smtp_servers import free_port


def examine(app: Flask) -> dict[str, Any]:
    output = app.test_cli_runner().invoke(args=["doctor", "--json"]).output
    report: dict[str, Any] = json.loads(output.splitlines()[-1])
    return {finding["name"]: finding for finding in report["findings"]}


def test_doctor_names_the_engine_and_its_journal(app: Flask, engine_name: str) -> None:
    finding = examine(app)["database"]

    expected = "PostgreSQL" if engine_name == "postgresql" else "WAL"
    assert finding["well"]
    assert expected in finding["message"]


def test_doctor_finds_a_mail_server_that_is_not_there(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["doctor"])

    assert result.exit_code == 1
    assert "✗ E-posta sunucusu: localhost" in result.output


def test_doctor_finds_an_old_schema(app: Flask) -> None:
    with app.app_context():
        downgrade(revision="base")

    found = examine(app)

    assert not found["schema"]["well"]
    assert "flask db upgrade" in found["schema"]["message"]


def test_scheduler_does_not_start_on_an_old_schema(app: Flask) -> None:
    with app.app_context():
        downgrade(revision="base")

    result = app.test_cli_runner().invoke(args=["scheduler", "--json"])

    assert result.exit_code == 1
    assert json.loads(result.output)["refused"] == "schema_outdated"


def test_doctor_says_when_the_scheduler_last_ticked(app: Flask, clock: SettableClock) -> None:
    never = examine(app)["scheduler"]
    with app.app_context(), transaction() as session:
        session.add(Beat(name="tick", at=NOW, by="test", result={}))

    ran = examine(app)["scheduler"]
    clock.instant = NOW.replace(hour=23)
    silent = examine(app)["scheduler"]

    assert not never["well"]
    assert ran["well"]
    assert "12:00" in ran["message"]
    assert not silent["well"]


def test_doctor_counts_keys_and_names_those_that_end(
    app: Flask, settings: Settings, clock: SettableClock
) -> None:
    with app.app_context(), transaction() as session:
        make(session, settings, name="Portal")
        make(session, settings, name="Pano", expires_at=NOW + timedelta(days=40))

    def look(days: int) -> list[tuple[str, bool]]:
        clock.instant = NOW + timedelta(days=days)
        return [
            (finding["message"], finding["well"])
            for name, finding in examine(app).items()
            if name.startswith("key")
        ]

    assert look(0) == [("Başka sistemlerin anahtarları: 2 geçerli.", True)]
    (_count, (words, is_well)) = look(20)
    assert is_well
    assert "Pano" in words
    assert "flask apikey rotate" in words
    assert [well for _words, well in look(35)] == [True, False]


def test_doctor_finds_hook_secrets_that_no_data_key_opens(app: Flask, settings: Settings) -> None:
    with app.app_context(), transaction() as session:
        key, _ = make(session, settings, wanted_hook())
        key.secret_sealed = "sealed by another key"
        name = f"key:{key.public_id}"

    finding = examine(app)[name]

    assert not finding["well"]
    assert "DONUT_DATA_KEYS" in finding["message"]


def _with(app: Flask, database_url: str, **over: str) -> None:
    settings = make_settings(database_url, **over)
    app.extensions["donut"] = replace(app.extensions["donut"], settings=settings)


def test_doctor_says_that_returned_mails_are_read_from_nowhere(app: Flask) -> None:
    finding = examine(app)["returned_mails"]

    assert finding["well"] is None
    assert "DONUT_BOUNCE_IMAP_HOST" in finding["message"]


def test_doctor_counts_what_waits_in_the_maildir_and_finds_none(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "one").touch()
    _with(app, database_url, BOUNCE_MAILDIR=str(tmp_path))
    there = examine(app)["returned_mails_maildir"]
    _with(app, database_url, BOUNCE_MAILDIR=str(tmp_path / "elsewhere"))
    missing = examine(app)["returned_mails_maildir"]

    assert there["well"]
    assert "1 yeni" in there["message"]
    assert not missing["well"]


def test_doctor_finds_a_mailbox_that_is_away_and_mails_that_stay_in_it(
    app: Flask, database_url: str
) -> None:
    _with(app, database_url, BOUNCE_IMAP_HOST="127.0.0.1", BOUNCE_IMAP_PORT=str(free_port()))
    with app.app_context(), transaction() as session:
        session.add(Beat(name="read-bounces", at=NOW, by="test", result={"unfiled": 3}))

    found = examine(app)

    assert not found["returned_mails_mailbox"]["well"]
    assert not found["returned_mails_unfiled"]["well"]
    assert "3" in found["returned_mails_unfiled"]["message"]


def test_doctor_says_who_must_sign(app: Flask) -> None:
    finding = examine(app)["dkim"]

    assert finding["well"] is None
    assert "dkim=pass" in finding["message"]


def test_doctor_names_no_limits_where_none_are_set(app: Flask) -> None:
    assert examine(app)["pace"]["message"] == "Gönderim hızı: sınır yok."


def test_doctor_names_the_rules_by_which_mails_go(app: Flask, database_url: str) -> None:
    rules = {
        "MAIL_RATE": "1500",
        "MAIL_DOMAIN_RATES": "gmail=20",
        "MAIL_RAMP_UP": "500,2000",
        "MAIL_WINDOW": "13:00-18:00",
        "MAIL_WEEKDAYS": "1-5",
        "MAIL_HOLIDAYS": "1",
        "MAIL_CANARY": "20",
    }
    settings = make_settings(database_url, **rules)
    app.extensions["donut"] = replace(app.extensions["donut"], settings=settings)

    found = examine(app)

    assert found["pace"]["message"] == (
        "Gönderim hızı: 1.500/dk, Gmail 20/dk, ilk günlerde her grup için 500 → 2.000, 13:00–18:00,"
        " haftanın günleri 1, 2, 3, 4, 5 (1 pazartesi), resmî tatillerde değil, her gönderimin ilk"
        " 20 e-postası önden."
    )
    assert found["sending_hours"]["message"] == (
        "Gönderim saatleri: gönderim bugün 13.00'te devam eder."
    )


def test_doctor_finds_receivers_that_turned_mails_down(app: Flask) -> None:
    closed = {
        "closed_until": NOW + timedelta(hours=1),
        "closed_reason": "421 4.7.28 rate",
        "failure_count": 5,
    }
    with app.app_context(), transaction() as session:
        of_gmail = update(DomainPace).where(DomainPace.domain_group == "gmail")
        session.execute(of_gmail.values(closed))

    finding = examine(app)["receivers_gmail"]

    assert not finding["well"]
    assert "Gmail e-postalarımızı geri çevirdi (421 4.7.28 rate)" in finding["message"]
