"""`flask survey check|launch|pause|resume|close`, as staff and scripts use them."""

import json
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEntry, Mailing, Survey
from tests.factories import make_alumnus, make_mailing, make_survey
from tests.inviting.drafts import INVITATION, make_draft, reminder

PLAN = [INVITATION, reminder(after_days=7)]


def run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["survey", *args])


def run_json(app: Flask, *args: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(run(app, *args, "--json").stdout)
    return result


def draft(session: Session, *, people: int = 1, **over: Any) -> str:
    """A committed draft with an audience; returns its code."""
    for _ in range(people):
        make_alumnus(session)
    code = make_draft(session, **{"mailings": PLAN, **over}).code
    session.commit()
    return code


def test_check_tells_staff_who_is_mailed_when(app: Flask, session: Session) -> None:
    make_alumnus(session, external_id="2020999999", email=None, email_fault="missing")
    code = draft(session, people=2)

    result = run(app, "check", code)

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"{code}: hedef kitlede 3 kişi var, e-posta gönderilebilen 2.",
        "E-posta gönderilmeyecek olanlar:",
        "  e-posta adresi yok: 1 (2020999999)",
        "Gönderimler (Europe/Istanbul):",
        "  1.  davet       23 Kasım 2026 Pazartesi 13:00  2 kişi",
        "  2.  hatırlatma  30 Kasım 2026 Pazartesi 13:00  en çok 2 kişi",
        f"Hazır. Başlatmak için: flask survey launch {code}",
    ]


def test_check_speaks_the_language_and_zone_of_warnings(app: Flask, session: Session) -> None:
    code = draft(session, mailings=[{**INVITATION, "at": "2026-11-24T23:30"}])

    result = run(app, "check", code)

    assert "Uyarılar:\n  1. gönderim (davet) gece saatine denk geliyor: 24 Kasım 2026 23:30." in (
        result.stdout
    )


def test_check_gives_machines_the_same(app: Flask, session: Session) -> None:
    code = draft(session, confidentiality="anonymous")

    told = run_json(app, "check", code)

    assert (told["code"], told["audience"], told["mailable"], told["excluded"]) == (code, 1, 1, [])
    assert told["mailings"][0] == {
        "kind": "invitation",
        "local_at": "2026-11-23T13:00",
        "timezone": "Europe/Istanbul",
        "due_at": "2026-11-23T10:00:00Z",
        "recipients": 1,
    }
    assert [obstacle["code"] for obstacle in told["obstacles"]] == ["anonymous_impossible"]


def test_launch_answers_in_the_promised_shape(app: Flask, session: Session) -> None:
    code = draft(session, people=2)

    assert run_json(app, "launch", code, "--expect", "2") == {
        "code": code,
        "invitations": 2,
        "mailings": [
            {"kind": "invitation", "due_at": "2026-11-23T10:00:00Z"},
            {"kind": "reminder", "due_at": "2026-11-30T10:00:00Z"},
        ],
    }


def test_launch_now_moves_the_plan(app: Flask, session: Session) -> None:
    told = run_json(app, "launch", draft(session), "--now")

    assert [mailing["due_at"] for mailing in told["mailings"]] == [
        "2026-11-23T09:00:00Z",
        "2026-11-30T09:00:00Z",
    ]


def test_launch_tells_staff_what_goes_out(app: Flask, session: Session) -> None:
    code = draft(session)

    assert run(app, "launch", code).stdout.splitlines() == [
        f"{code} başlatıldı. Davet edilen: 1 kişi.",
        "Gönderimler (Europe/Istanbul):",
        "  1.  davet       23 Kasım 2026 Pazartesi 13:00",
        "  2.  hatırlatma  30 Kasım 2026 Pazartesi 13:00",
    ]


def test_launch_that_expected_others_marks_thousands(app: Flask, session: Session) -> None:
    code = draft(session)

    result = run(app, "launch", code, "--expect", "3581")

    assert result.exit_code == 1
    assert "3.581" in result.stderr


def test_launch_is_written_into_the_audit_trail(app: Flask, session: Session) -> None:
    code = draft(session)

    run(app, "launch", code, "--now")

    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.action, entry.subject) == ("cli", "survey.launch", f"survey:{code}")
    assert entry.details == {"invitations": 1, "due_now": True, "warnings": []}


def test_launch_that_is_blocked_names_every_obstacle(app: Flask, session: Session) -> None:
    code = draft(session, people=0, confidentiality="anonymous")

    result = run(app, "launch", code)

    assert result.exit_code == 1
    assert f"{code} başlatılamıyor." in result.stderr
    assert "anonimlik sözü" in result.stderr
    assert "Mezun listesinde hedef kitleye uyan kimse yok." in result.stderr


def test_launch_that_is_blocked_names_every_obstacle_to_machines(
    app: Flask, session: Session
) -> None:
    told = run_json(app, "launch", draft(session, confidentiality="anonymous"))

    assert told["refused"] == "launch_blocked"
    assert [obstacle["code"] for obstacle in told["obstacles"]] == ["anonymous_impossible"]


def test_launch_is_refused_with_both_numbers_when_the_audience_differs(
    app: Flask, session: Session
) -> None:
    code = draft(session, people=3)

    result = run(app, "launch", code, "--expect", "2")

    assert result.exit_code == 1
    assert "Hedef kitlede 3 kişi var, beklenen ise 2." in result.stderr
    assert session.scalars(select(AuditEntry)).all() == []


def test_second_launch_is_refused(app: Flask, session: Session) -> None:
    code = draft(session)
    run(app, "launch", code)

    result = run(app, "launch", code)

    assert (result.exit_code, "başlatılmış" in result.stderr) == (1, True)


@pytest.mark.parametrize("expected", ["-1", "çok"])
def test_launch_is_used_wrongly_when_the_expected_number_is_none(
    app: Flask, session: Session, expected: str
) -> None:
    assert run(app, "launch", draft(session), "--expect", expected).exit_code == 2


def test_pause_resume_and_close_follow_each_other(app: Flask, session: Session) -> None:
    code = make_survey(session).code
    session.commit()

    answers = [run_json(app, act, code) for act in ("pause", "resume", "close")]

    assert answers == [
        {"code": code, "state": "paused"},
        {"code": code, "state": "open"},
        {"code": code, "state": "closed"},
    ]
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["survey.pause", "survey.resume", "survey.close"]


def test_refused_change_leaves_no_trace(app: Flask, session: Session) -> None:
    code = make_survey(session).code
    session.commit()

    result = run(app, "resume", code)

    assert (result.exit_code, result.stdout) == (1, "")
    assert "duraklatılmış değil" in result.stderr
    assert session.scalars(select(AuditEntry)).all() == []


def test_send_held_makes_a_held_mailing_due(app: Flask, session: Session) -> None:
    survey = make_survey(session)
    make_mailing(session, survey=survey, state="held")
    code = survey.code
    session.commit()

    told = run_json(app, "send-held", code)

    assert told == {"code": code, "kind": "invitation", "due_at": "2026-11-23T09:00:00Z"}
    assert session.scalars(select(Mailing.state)).one() == "planned"
    assert session.scalars(select(AuditEntry.action)).one() == "survey.send_held"


@pytest.mark.parametrize("act", ["check", "launch", "pause", "resume", "close", "send-held"])
def test_survey_that_does_not_exist_is_refused(app: Flask, act: str) -> None:
    told = run_json(app, act, "yok")

    assert told == {
        "refused": "survey_unknown",
        "message": "yok kodlu bir anket yok. Kodu kontrol edin ya da önce anketi oluşturun.",
    }


def test_check_writes_nothing(app: Flask, session: Session) -> None:
    code = draft(session)
    before = session.scalars(select(Survey)).one().updated_at

    run(app, "check", code)
    session.expire_all()

    survey = session.scalars(select(Survey)).one()
    assert (survey.updated_at, survey.launched_at) == (before, None)
