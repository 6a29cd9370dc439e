"""Which of our mails a mail server's log says that it took."""

import gzip
import json
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from models import Message
from surveys.delivery.links import message_id
from surveys.delivery.mail_log import read_taken
from surveys.extensions import toolbox
from tests.conftest import NOW
from tests.factories import make_messages

KEY = bytes(range(32))


def named(row_id: int, key: bytes = KEY) -> str:
    return message_id(key, row_id=row_id, domain="example.edu.tr").strip("<>")


def postfix(queue_id: str, mail: str, *, is_taken: bool = True) -> list[str]:
    before = "2026-11-23T12:00:01 mail postfix"
    lines = [f"{before}/cleanup[71]: {queue_id}: message-id=<{mail}>"]
    if is_taken:
        taken = f"{before}/qmgr[70]: {queue_id}: from=<b@example.edu.tr>, size=9000 (queue active)"
        lines.append(taken)
    return lines


def test_postfix_took_what_its_queue_speaks_of() -> None:
    lines = postfix("4ZQ1xY3Kz2", named(7)) + postfix("4ZQ1xY3Kz3", named(8), is_taken=False)

    assert list(read_taken(lines, keys=[KEY])) == [7]


def test_exim_took_what_arrived() -> None:
    line = f"2026-11-23 12:00:01 1vMabc-01 <= b@example.edu.tr H=h P=esmtp S=9000 id={named(9)}"

    assert list(read_taken([line], keys=[KEY])) == [9]


def test_foreign_and_forged_ids_are_none_of_ours() -> None:
    lines = postfix("4ZQ1xY3Kz2", "m.7.aaaaaaaa@example.edu.tr") + postfix("4ZQ1xY3Kz3", "a@b")

    assert list(read_taken(lines, keys=[KEY])) == []


def test_older_keys_count() -> None:
    assert list(read_taken(postfix("4ZQ1xY3Kz2", named(7)), keys=[bytes(32), KEY])) == [7]


def test_log_decides_on_mails_in_doubt(app: Flask, session: Session, tmp_path: Path) -> None:
    one, two = make_messages(session, 2, state="unknown", reason="crashed", sending_at=NOW)
    code, first, second = one.mailing.survey.code, one.id, two.id
    with app.app_context():
        key = toolbox().keys.hash[0]
    log = tmp_path / "mail.log.gz"
    log.write_bytes(gzip.compress("\n".join(postfix("4ZQ1xY3Kz2", named(first, key))).encode()))

    args = ["outbox", "resolve", code, "--from-log", str(log), "--json"]
    result = app.test_cli_runner().invoke(args=args)
    again = app.test_cli_runner().invoke(args=[*args, "--resend"])

    assert json.loads(result.stdout)["found_in_log"] == 1
    assert json.loads(again.stdout) | {"code": ""} == {
        "code": "",
        "decision": "resent",
        "count": 1,
        "found_in_log": 0,
    }
    session.rollback()
    states = {m.id: (m.state, m.reason) for m in session.query(Message)}
    assert states == {first: ("sent", "found_in_log"), second: ("queued", "resent")}
