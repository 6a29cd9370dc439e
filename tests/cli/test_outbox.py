"""`flask outbox status|resolve|pause|resume`, as staff and scripts use them."""

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEntry, Message
from surveys.delivery.brakes import find_brake, pause_sending
from surveys.delivery.canary import CANARY_FAILED
from surveys.settings import Settings
from tests.bounces.sending import named
from tests.conftest import NOW
from tests.factories import (
    make_alumnus,
    make_invitation,
    make_mailing,
    make_message,
    make_messages,
    make_survey,
)

DOUBT_WORDS = (
    "Bu iletilerin ulaşıp ulaşmadığı belirsiz. E-posta sunucusunun günlüğünde Message-ID değerini"
    " arayın"
)


def run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["outbox", *args])


def run_json(app: Flask, *args: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(run(app, *args, "--json").stdout)
    return result


def _doubtful(session: Session, code: str = "anket-2026") -> Message:
    """One sent and one doubtful message of a survey."""
    survey = make_survey(session)
    survey.code = code
    mailing = make_mailing(session, survey=survey, position=1, state="enqueued")
    sent, doubtful = (
        make_invitation(
            session, survey=survey, alumnus=make_alumnus(session, external_id=f"{code}-{number}")
        )
        for number in (1, 2)
    )
    make_message(session, mailing=mailing, invitation=sent, state="sent", sent_at=NOW)
    message = make_message(
        session, mailing=mailing, invitation=doubtful, state="unknown", reason="crashed"
    )
    session.commit()
    return message


@pytest.mark.usefixtures("session")
def test_status_of_an_empty_outbox_names_the_scheduler(app: Flask) -> None:
    result = run(app, "status")

    assert (result.exit_code, result.stdout) == (0, "Zamanlayıcı hiç çalışmadı.\n")


def test_status_counts_and_lists_the_doubtful(
    app: Flask, session: Session, settings: Settings
) -> None:
    doubtful = _doubtful(session)
    name = named(doubtful, settings.keys().hash[0])

    result = run(app, "status", "anket-2026")

    assert result.stdout.splitlines() == [
        "anket-2026:",
        "  1. davet, gönderim zamanı 23 Kasım 2026 12:00: gönderildi 1, belirsiz 1",
        f"{DOUBT_WORDS}:",
        f"  anket-2026-2  davet  {name}  sunucu onaylamadan gönderici durdu",
        "Karar vermek için: flask outbox resolve anket-2026 --resend veya --assume-sent",
        "Zamanlayıcı hiç çalışmadı.",
    ]


def test_status_tells_machines_the_same(app: Flask, session: Session) -> None:
    _doubtful(session)

    told = run_json(app, "status")

    assert (told["counts"]["sent"], told["counts"]["unknown"]) == (1, 1)
    assert told["paused"] is None
    assert [doubt["external_id"] for doubt in told["unknown"]] == ["anket-2026-2"]
    assert told["mailings"][0]["due_at"] == "2026-11-23T09:00:00Z"


def test_status_tells_why_sending_is_paused(app: Flask, session: Session) -> None:
    pause_sending(session, reason="login_refused", reply="535 no", now=NOW)
    session.commit()

    result = run(app, "status")

    assert "Gönderim durduruldu: 23 Kasım 2026 12:00." in result.stdout
    assert "(535 no)" in result.stdout


def test_status_shows_what_is_held(app: Flask, session: Session) -> None:
    make_mailing(session, survey=make_survey(session), position=1, state="held", held_at=NOW)
    session.commit()

    assert "bekletiliyor, zamanı çok geçti" in run(app, "status").stdout


@pytest.mark.usefixtures("session")
def test_status_of_an_unknown_survey_is_refused(app: Flask) -> None:
    result = run(app, "status", "nope")

    assert result.exit_code == 1
    assert "nope" in result.stderr


@pytest.mark.parametrize(
    ("option", "decision", "state"),
    [("--resend", "resent", "queued"), ("--assume-sent", "assumed_sent", "sent")],
)
def test_resolve_decides_and_is_audited(
    app: Flask, session: Session, option: str, decision: str, state: str
) -> None:
    doubtful = _doubtful(session)

    told = run_json(app, "resolve", "anket-2026", option)

    session.rollback()
    entry = session.scalars(select(AuditEntry)).one()
    assert told == {"code": "anket-2026", "decision": decision, "count": 1}
    assert doubtful.state == state
    assert (entry.action, entry.subject) == ("outbox.resolve", "survey:anket-2026")
    assert entry.details == {"decision": decision, "count": 1}


def test_resolve_without_a_decision_is_used_wrongly(app: Flask, session: Session) -> None:
    doubtful = _doubtful(session)

    assert run(app, "resolve", "anket-2026").exit_code == 2
    session.rollback()
    assert doubtful.state == "unknown"


def test_pause_and_resume_are_audited_once_each(app: Flask, session: Session) -> None:
    told = [run_json(app, word) for word in ("pause", "pause", "resume", "resume")]

    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [(t["paused"], t["changed"]) for t in told] == [
        (True, True),
        (True, False),
        (False, True),
        (False, False),
    ]
    assert actions == ["outbox.pause", "outbox.resume"]
    assert find_brake(session) is None


@pytest.mark.parametrize("options", [[], ["--resend", "--assume-sent"]])
def test_resolve_wants_one_decision(app: Flask, options: list[str]) -> None:
    result = app.test_cli_runner().invoke(args=["outbox", "resolve", "any", *options])

    assert result.exit_code == 2
    assert "--from-log" in result.output


def test_status_tells_in_one_line_when_all_is_done(app: Flask, session: Session) -> None:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued")
    make_messages(session, 3, survey=survey, mailing=mailing)
    for seconds in (0, 3):
        sent = {"state": "sent", "sent_at": NOW - timedelta(seconds=seconds)}
        make_messages(session, 1, survey=survey, mailing=mailing, **sent)
    session.commit()

    told = run(app, "status").stdout.splitlines()

    assert told[0] == "3 bekliyor, 20/dk, bugün 12.00'de biter."
    assert run_json(app, "status")["speed"]["waiting"] == 3


def test_mailing_paused_by_itself_is_told_and_resumed(app: Flask, session: Session) -> None:
    survey = make_survey(session)
    paused = {"paused_at": NOW, "paused_reason": CANARY_FAILED}
    mailing = make_mailing(session, survey=survey, position=1, state="enqueued", **paused)
    session.commit()
    assert f"flask outbox resume --mailing {survey.code} 1" in run(app, "status").stdout

    told = [run_json(app, "resume", "--mailing", survey.code, "1") for _ in range(2)]

    session.rollback()
    assert [t["changed"] for t in told] == [True, False]
    assert mailing.paused_at is None
    assert session.scalars(select(AuditEntry.action)).all() == ["outbox.resume_mailing"]


def test_mailing_that_is_not_in_the_plan_is_refused(app: Flask, session: Session) -> None:
    survey = make_survey(session)
    session.commit()

    result = run(app, "resume", "--mailing", survey.code, "7")

    assert result.exit_code == 1
    assert "7" in result.stderr
