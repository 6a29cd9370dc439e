"""`flask bounce read`, as a mail server's pipe and an operator use it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import MailReport, Message
from surveys.cli.bounce import TRY_AGAIN
from surveys.extensions import toolbox
from tests.bounces.sending import CORPUS, make_sent, named


def run(app: Flask, *args: str, raw: bytes | None = None) -> Result:
    return app.test_cli_runner().invoke(args=["bounce", "read", *args], input=raw)


@pytest.fixture
def raw(app: Flask, session: Session) -> bytes:
    """A bounce of a mail that this application sent."""
    message = make_sent(session)
    session.commit()
    with app.app_context():
        name = named(message, toolbox().keys.hash[0])
    text = (CORPUS / "postfix-unknown-user.eml").read_text(encoding="utf-8")
    return text.replace("@MESSAGE_ID@", name).encode()


def counts(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_piped_mail_is_taken_in_once(app: Flask, session: Session, raw: bytes) -> None:
    first, second = (run(app, "--stdin", "--json", raw=raw) for _ in range(2))

    assert (first.exit_code, counts(first)["suppressed"]) == (0, 1)
    assert (counts(second)["suppressed"], counts(second)["known"]) == (0, 1)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(MailReport)) == 1
    assert session.scalars(select(Message)).one().bounced_at is not None


def test_pipe_asks_the_mail_server_to_try_again_when_the_database_is_away(
    app: Flask, session: Session, raw: bytes
) -> None:
    session.connection().exec_driver_sql("ALTER TABLE mail_report RENAME TO elsewhere")
    session.commit()

    assert run(app, "--stdin", raw=raw).exit_code == TRY_AGAIN


def test_maildir_lets_a_mail_go_once_it_is_in(app: Flask, tmp_path: Path, raw: bytes) -> None:
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1763.M1.host").write_bytes(raw)
    (tmp_path / "new" / "1764.M2.host").write_bytes(b"Subject: Re: anket\n\nMerhaba\n")

    result = run(app, "--maildir", str(tmp_path), "--json")

    assert (counts(result)["suppressed"], counts(result)["kept"]) == (1, 1)
    assert list((tmp_path / "new").iterdir()) == []
    kept = sorted(path.name for path in (tmp_path / "cur").iterdir())
    assert kept == ["1763.M1.host:2,S", "1764.M2.host:2,S"]


def test_mail_stays_new_when_it_could_not_be_taken_in(
    app: Flask, session: Session, tmp_path: Path, raw: bytes
) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1763.M1.host").write_bytes(raw)
    session.connection().exec_driver_sql("ALTER TABLE mail_report RENAME TO elsewhere")
    session.commit()

    result = run(app, "--maildir", str(tmp_path), "--json")

    assert (result.exit_code, counts(result)["refused"]) == (1, "database_unusable")
    assert len(list((tmp_path / "new").iterdir())) == 1


def test_folder_that_is_no_maildir_is_refused(app: Flask, tmp_path: Path) -> None:
    result = run(app, "--maildir", str(tmp_path), "--json")

    assert (result.exit_code, counts(result)["refused"]) == (1, "maildir_missing")


def test_mailbox_that_nobody_set_up_is_refused(app: Flask) -> None:
    result = run(app, "--imap", "--json")

    assert (result.exit_code, counts(result)["refused"]) == (1, "bounce_mailbox_not_set")


@pytest.mark.parametrize("args", [[], ["--stdin", "--imap"]])
def test_one_source_must_be_said(app: Flask, args: list[str]) -> None:
    assert run(app, *args).exit_code == 2


def test_answer_is_in_words(app: Flask, raw: bytes) -> None:
    result = run(app, "--stdin", raw=raw)

    assert "Okunan: 1" in result.stdout
