"""The mail about one occasion: what happened, the numbers, what to do, where."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import StaffMail
from surveys.delivery.brakes import pause_sending, resume_mailing, resume_sending
from surveys.delivery.house import read_house
from surveys.notifying.alert_letter import write_alert_letter
from surveys.notifying.alerts import queue_alerts
from surveys.notifying.letters import Context, StaffLetter
from surveys.settings import Settings
from tests.conftest import NOW
from tests.factories import make_mailing, make_messages, make_survey
from tests.notifying.members import make_staff
from tests.notifying.test_alerts import make_measured


def write(session: Session, settings: Settings, *, at: Any = NOW) -> StaffLetter | None:
    """Queue what stands at `at` for one reader and write the first mail."""
    queue_alerts(session, now=at, zone=settings.zone)
    return rewrite(session, settings, at=at)


def rewrite(session: Session, settings: Settings, *, at: Any = NOW) -> StaffLetter | None:
    context = Context(house=read_house(settings), keys=settings.keys(), zone=settings.zone, now=at)
    mail = session.scalars(select(StaffMail).order_by(StaffMail.id)).first()
    assert mail is not None
    return write_alert_letter(session, mail, context)


def test_letter_on_a_survey_behind_tells_how_much_is_missing(
    session: Session, settings: Settings
) -> None:
    make_staff(session)
    survey = make_measured(session)

    letter = write(session, settings, at=survey.closes_at - timedelta(days=7))

    assert letter is not None
    assert letter.subject == "Hedefin gerisinde: Mezun Anketi"
    assert "PG3.3.5, 2026: 1 / 20 (%5,00)" in letter.text
    assert "https://anket.example.edu.tr/surveys/anket" in letter.text
    assert "1 / 20" in letter.html


def test_letter_on_failing_mails_leads_to_them(session: Session, settings: Settings) -> None:
    make_staff(session, language="en")
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued", position=1)
    make_messages(session, 19, survey=survey, mailing=mailing, state="sent", sent_at=NOW)
    make_messages(session, 2, survey=survey, mailing=mailing, state="failed", reason="refused")

    letter = write(session, settings)

    assert letter is not None
    assert letter.subject == "Some e-mails don't arrive: Graduate Survey"
    assert "more than 5% failed" in letter.text
    assert "2 / 21 (9.5%)" in letter.text
    assert f"/outbox/mailings/{mailing.id}/failed" in letter.html


def test_letter_on_the_brake_gives_its_reason(session: Session, settings: Settings) -> None:
    make_staff(session)
    pause_sending(session, reason="login_refused", reply="535 <no>", now=NOW)

    letter = write(session, settings)

    assert letter is not None
    assert "kullanıcı adını veya parolayı" in letter.text
    assert "535 <no>" in letter.text
    assert "535 &lt;no&gt;" in letter.html


def test_letter_on_a_held_mailing_names_it(session: Session, settings: Settings) -> None:
    make_staff(session)
    survey = make_survey(session)
    make_mailing(session, survey=survey, state="held", held_at=NOW, kind="reminder", position=2)

    letter = write(session, settings)

    assert letter is not None
    assert "2. hatırlatma" in letter.text


def test_letter_on_a_paused_mailing_says_why_until_it_goes_on(
    session: Session, settings: Settings
) -> None:
    make_staff(session)
    paused = {"paused_at": NOW, "paused_reason": "canary_failed"}
    mailing = make_mailing(session, survey=make_survey(session), state="enqueued", **paused)

    letter = write(session, settings)

    assert letter is not None
    assert letter.subject == "Bir gönderim duraklatıldı: Mezun Anketi"
    assert "İlk e-postalarından ikiden çoğu" in letter.text
    assert resume_mailing(session, mailing_id=mailing.id)
    assert rewrite(session, settings) is None


def test_letter_on_a_refused_mailing_quotes_the_mail_server(
    session: Session, settings: Settings
) -> None:
    make_staff(session)
    paused = {"paused_at": NOW, "paused_reason": "refused_by_policy: 552 5.3.4 too big"}
    make_mailing(session, survey=make_survey(session), state="enqueued", **paused)

    letter = write(session, settings)

    assert letter is not None
    assert "nedeniyle kabul etmiyor" in letter.text
    assert "552 5.3.4 too big" in letter.text


@pytest.mark.parametrize("language", ["tr", "en"])
def test_letter_on_the_end_tells_the_rate(
    session: Session, settings: Settings, language: str
) -> None:
    make_staff(session, language=language)
    survey = make_measured(session)

    letter = write(session, settings, at=survey.closes_at)

    assert letter is not None
    assert "RR1: 1 / 20" in letter.text
    assert "PG3.3.5, 2026" in letter.text


def test_letter_is_not_needed_once_the_brake_is_let_go(
    session: Session, settings: Settings
) -> None:
    make_staff(session)
    pause_sending(session, reason="login_refused", now=NOW)
    write(session, settings)
    resume_sending(session)

    assert rewrite(session, settings) is None


def test_letter_names_nobody(session: Session, settings: Settings) -> None:
    make_staff(session)
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued")
    messages = make_messages(
        session, 20, survey=survey, mailing=mailing, state="failed", reason="refused"
    )
    people = [message.invitation.alumnus for message in messages]

    letter = write(session, settings)

    assert letter is not None
    for secret in {w for p in people for w in (p.email, p.external_id, p.family_name) if w}:
        assert secret not in letter.text + letter.html
