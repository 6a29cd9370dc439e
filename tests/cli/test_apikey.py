"""`flask apikey add|list|rotate|revoke`: a key is printed once, and ended by its id."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ApiKey, AuditEntry
from models.base import Base
from surveys.api_keys.finding import find_presented
from surveys.api_keys.hooks import list_hook_secrets
from surveys.settings import Settings
from tests.conftest import NOW
from tests.factories import make_alumnus

NAME = "Mezun Bilgi Sistemi"
ADD = ("add", NAME, "--scope", "rates:read")


def run(app: Flask, *args: str) -> tuple[int, str]:
    # A context of its own, as the command has in a process of its own.
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["apikey", *args])
    return result.exit_code, result.output


def run_json(app: Flask, *args: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(run(app, *args, "--json")[1])
    return loaded


def test_printed_key_opens(app: Flask, session: Session) -> None:
    made = run_json(app, *ADD, "--scope", "surveys:read")

    key = find_presented(session, presented=made["secret"], now=NOW)
    assert key is not None
    assert (key.name, key.scopes) == (NAME, ["surveys:read", "rates:read"])
    assert (made["public_id"], made["expires_at"]) == (key.public_id, "2027-11-23T09:00:00Z")


def test_words_end_with_the_key_after_a_sentence_that_warns(app: Flask) -> None:
    code, output = run(app, *ADD)

    *_, warning, secret = output.splitlines()
    assert code == 0
    assert "yalnızca bu kez gösterilir" in warning
    assert secret.startswith("apk_")


def test_hook_secret_is_printed_and_kept_sealed(
    app: Flask, session: Session, settings: Settings
) -> None:
    made = run_json(app, "add", NAME, "--hook")

    secrets = list_hook_secrets(session, keys=settings.keys(), now=NOW)
    assert [secret for _key, secret in secrets] == [made["secret"]]


def test_restrictions_are_kept(app: Flask, session: Session) -> None:
    make_alumnus(session, unit="Tıp Fakültesi")
    session.commit()
    narrow = ("--unit", "Tıp Fakültesi", "--indicator", "PG3.3.5", "--days", "30")

    made = run_json(app, *ADD, *narrow, "--network", "10.1.2.3/8", "--network", "193.140.1.7")

    key = session.scalars(select(ApiKey)).one()
    assert (key.unit, key.indicator_code) == ("Tıp Fakültesi", "PG3.3.5")
    assert key.networks == made["networks"] == ["10.0.0.0/8", "193.140.1.7/32"]
    assert key.expires_at == NOW + timedelta(days=30)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("--unit", "Yok"), "key_unit_unknown"),
        (("--indicator", "PG9"), "indicator_unknown"),
        (("--network", "10.1"), "key_network_malformed"),
        (("--days", "366"), "key_expiry_unfit"),
    ],
)
def test_what_makes_no_sense_is_refused(app: Flask, args: tuple[str, ...], code: str) -> None:
    assert run(app, *ADD, *args)[0] == 1
    assert run_json(app, *ADD, *args)["refused"] == code


@pytest.mark.parametrize(
    "args",
    [
        ("add", NAME),
        ("add", NAME, "--scope", "everything"),
        ("add", NAME, "--hook", "--scope", "rates:read"),
        (*ADD, "--days", "367"),
        ("revoke",),
    ],
)
def test_wrong_use_exits_with_two(app: Flask, session: Session, args: tuple[str, ...]) -> None:
    assert run(app, *args)[0] == 2
    assert session.scalars(select(ApiKey)).all() == []


def test_rotated_key_and_its_successor_both_open_until_one_is_revoked(
    app: Flask, session: Session
) -> None:
    old = run_json(app, *ADD)
    new = run_json(app, "rotate", old["public_id"])
    secrets = [old["secret"], new["secret"]]

    both = [find_presented(session, presented=one, now=NOW) for one in secrets]
    run(app, "revoke", old["public_id"])
    session.rollback()
    one_left = [find_presented(session, presented=one, now=NOW) for one in secrets]

    assert None not in both
    assert [key is None for key in one_left] == [True, False]


def test_revoking_twice_is_no_fault(app: Flask) -> None:
    made = run_json(app, *ADD)

    results = [run(app, "revoke", made["public_id"]) for _ in range(2)]

    assert [code for code, _output in results] == [0, 0]
    assert "daha önce iptal edilmişti" in results[1][1]
    assert run_json(app, "revoke", "aaaaaaaa")["refused"] == "key_unknown"


def test_list_shows_all_but_the_secret(app: Flask) -> None:
    empty = run(app, "list")[1]
    secret = run_json(app, *ADD)["secret"]

    words, plain = run(app, "list")[1], run_json(app, "list")

    assert "Henüz anahtar yok" in empty
    assert f"{NAME} (API anahtarı, geçerli)" in words
    assert plain["keys"][0]["state"] == "live"
    assert secret.split("_", 2)[2] not in words + str(plain)


def test_making_and_revoking_is_audited_without_the_secret(app: Flask, session: Session) -> None:
    made = run_json(app, *ADD)
    new = run_json(app, "rotate", made["public_id"])
    for _ in range(2):
        run(app, "revoke", made["public_id"])

    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()

    assert [(entry.action, entry.subject) for entry in entries] == [
        ("api_key.make", f"api_key:{made['public_id']}"),
        ("api_key.succeed", f"api_key:{new['public_id']}"),
        ("api_key.revoke", f"api_key:{made['public_id']}"),
    ]
    told = str([entry.details for entry in entries])
    assert made["secret"].split("_", 2)[2] not in told
    assert "rates:read" in told


def test_database_holds_no_secret(
    app: Flask, database_url: str, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    """S34: whoever steals the file, a dump of it or the log can neither call nor sign."""
    bearer = run_json(app, *ADD)["secret"].split("_", 2)[2]
    hook = run_json(app, "add", "Another", "--hook")["secret"].removeprefix("whsec_")

    tables = Base.metadata.sorted_tables
    dump = str([session.execute(select(table)).all() for table in tables])
    if database_url.startswith("sqlite"):
        folder = Path(database_url.removeprefix("sqlite:///")).parent
        dump += "".join(path.read_bytes().decode("latin-1") for path in folder.glob("donut.db*"))
    dump += "".join(capsys.readouterr())

    assert "Another" in dump
    assert bearer not in dump
    assert hook not in dump


@pytest.mark.parametrize("form", ["{public_id}", "apk_{public_id}", "{secret}", " {secret} "])
def test_leaked_key_is_revoked_as_it_was_found(app: Flask, session: Session, form: str) -> None:
    made = run_json(app, *ADD)

    code, output = run(app, "revoke", form.format(**made))

    assert code == 0
    assert find_presented(session, presented=made["secret"], now=NOW) is None
    assert made["secret"].split("_", 2)[2] not in output
