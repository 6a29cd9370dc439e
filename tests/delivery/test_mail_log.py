"""Which of our mails a mail server's log says that it took."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from models import Message
from surveys.delivery.mail_log import read_taken
from surveys.delivery.names import MailName, Place
from surveys.delivery.resolving import of_mailing, resolve_from_log
from surveys.extensions import toolbox
from tests.bounces.sending import KEYS, named
from tests.conftest import NOW
from tests.factories import make_messages


def postfix(queue_id: str, mail: str, *, is_taken: bool = True) -> list[str]:
    before = "2026-11-23T12:00:01 mail postfix"
    lines = [f"{before}/cleanup[71]: {queue_id}: message-id=<{mail}>"]
    if is_taken:
        taken = f"{before}/qmgr[70]: {queue_id}: from=<b@example.edu.tr>, size=9000 (queue active)"
        lines.append(taken)
    return lines


def name_of(row_id: int) -> MailName:
    return MailName(Place.MESSAGE_ID, row_id, "aaaaaaaa")


def test_postfix_took_what_its_queue_speaks_of() -> None:
    one, two = (f"m.{row_id}.aaaaaaaa@example.edu.tr" for row_id in (7, 8))
    lines = postfix("4ZQ1xY3Kz2", one) + postfix("4ZQ1xY3Kz3", two, is_taken=False)

    assert list(read_taken(lines)) == [name_of(7)]


def test_exim_took_what_arrived() -> None:
    line = (
        "2026-11-23 12:00:01 1vMabc-01 <= b@example.edu.tr H=h P=esmtp S=9000"
        " id=m.9.aaaaaaaa@example.edu.tr"
    )

    assert list(read_taken([line])) == [name_of(9)]


def test_other_names_are_passed_over() -> None:
    assert list(read_taken(postfix("4ZQ1xY3Kz3", "a@b"))) == []


def test_forged_names_and_those_of_another_row_decide_nothing(session: Session) -> None:
    one, two = make_messages(session, 2, state="unknown", reason="crashed", sending_at=NOW)
    forged = name_of(one.id)
    # Of the mail that had the number before a backup was put back.
    before = replace(name_in(named(one)), row_id=two.id)

    count = resolve_from_log(
        session,
        which=of_mailing(one.mailing_id),
        taken=[forged, before],
        keys=KEYS.hash,
        now=NOW,
    )

    assert count == 0


def test_names_made_with_an_older_key_count(session: Session) -> None:
    [message] = make_messages(session, 1, state="unknown", reason="crashed", sending_at=NOW)
    older = name_in(named(message, KEYS.hash[1]))

    count = resolve_from_log(
        session, which=of_mailing(message.mailing_id), taken=[older], keys=KEYS.hash, now=NOW
    )

    assert count == 1


def name_in(message_id: str) -> MailName:
    [name] = read_taken(postfix("4ZQ1xY3Kz2", message_id.strip("<>")))
    return name


def test_log_decides_on_mails_in_doubt(app: Flask, session: Session, tmp_path: Path) -> None:
    one, two = make_messages(session, 2, state="unknown", reason="crashed", sending_at=NOW)
    code, first, second = one.mailing.survey.code, one.id, two.id
    with app.app_context():
        first_name = named(one, toolbox().keys.hash[0]).strip("<>")
    log = tmp_path / "mail.log.gz"
    log.write_bytes(gzip.compress("\n".join(postfix("4ZQ1xY3Kz2", first_name)).encode()))

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
