"""`/outbox`: mails in plain words, and the brake on all of them."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from models import AuditEntry, Beat, DomainPace, Role, SenderState, Staff, StaffMail
from surveys.delivery.brakes import pause_sending
from tests.conftest import NOW
from tests.factories import make_mailing, make_messages, make_survey
from tests.web.staff.conftest import Browser, reload


@pytest.fixture
def beating(session: Session) -> None:
    """A scheduler that ran a moment ago."""
    session.add(Beat(name="plan-mailings", at=NOW, by="here:1", result={}))
    session.commit()


def words_of(browser: Browser, path: str = "/outbox") -> str:
    page = browser.get(path)
    assert page.status_code == 200
    text = re.sub(r"<[^>]+>", " ", page.get_data(as_text=True))
    return " ".join(text.replace("&nbsp;", " ").split())


def test_empty_outbox_says_what_will_be_here(signed_in: Browser) -> None:
    assert "Henüz planlanmış e-posta yok" in words_of(signed_in)


@pytest.mark.usefixtures("beating")
def test_outbox_says_how_many_wait_and_the_page_refreshes(
    signed_in: Browser, session: Session
) -> None:
    make_messages(session, 3)

    page = signed_in.get("/outbox").get_data(as_text=True)

    assert "<strong>3 bekliyor.</strong>" in page
    assert 'hx-trigger="every 5s"' in page


@pytest.mark.usefixtures("beating")
def test_outbox_says_why_nothing_goes_just_now(signed_in: Browser, session: Session) -> None:
    make_messages(session, 3, domain_group="gmail")
    closed = {
        "closed_until": NOW + timedelta(minutes=65),
        "closed_reason": "421 4.7.28 rate",
        "failure_count": 5,
    }
    of_gmail = update(DomainPace).where(DomainPace.domain_group == "gmail")
    session.execute(of_gmail.values(closed))
    session.commit()

    words = unescape(words_of(signed_in))

    assert "E-postalar zamanını bekliyor" in words
    assert "3 bekliyor, bugün 13.05'te devam eder." in words
    assert "Gmail: E-postalarımız geri çevrildi (“421 4.7.28 rate”)." in words


@pytest.mark.usefixtures("beating")
def test_mail_server_that_takes_nothing_is_told(signed_in: Browser, session: Session) -> None:
    survey = make_survey(session)
    long_ago = NOW - timedelta(minutes=9)
    mailing = make_mailing(session, survey=survey, state="enqueued", enqueued_at=long_ago)
    make_messages(session, 3, survey=survey, mailing=mailing)

    words = words_of(signed_in)

    assert "E-posta çıkmıyor" in words
    assert "E-posta sunucusu" in words


@pytest.mark.usefixtures("beating")
def test_outbox_at_rest_does_not_refresh(signed_in: Browser, session: Session) -> None:
    make_messages(session, 1, state="sent", sent_at=NOW)

    assert "every 5s" not in signed_in.get("/outbox").get_data(as_text=True)


def test_silent_scheduler_is_told_with_what_to_do(signed_in: Browser, session: Session) -> None:
    session.add(Beat(name="plan-mailings", at=NOW - timedelta(minutes=12), by="x", result={}))
    make_messages(session, 1)

    words = words_of(signed_in)

    assert "12 dakikadır sessiz" in words
    assert "E-posta çıkmıyor" in words


def test_numbers_of_a_mailing_add_up_and_lead_to_their_people(
    signed_in: Browser, session: Session
) -> None:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued")
    for state, count in [("queued", 2), ("sent", 4), ("failed", 1), ("suppressed", 3)]:
        sent_at = NOW if state == "sent" else None
        make_messages(session, count, survey=survey, mailing=mailing, state=state, sent_at=sent_at)

    words = words_of(signed_in)

    sum_ = "bekliyor 2 + gönderildi 4 + teslim edilemedi 1 + gönderilmeyecek 3"
    assert f"Planlanan: 10 = {sum_}" in words
    assert "4 kişi" in words_of(signed_in, f"/outbox/mailings/{mailing.id}/sent")


def test_reminders_are_counted_as_in_the_plan(signed_in: Browser, session: Session) -> None:
    survey = make_survey(session)
    make_mailing(session, survey=survey, position=1, kind="invitation")
    reminder = make_mailing(session, survey=survey, position=2, kind="reminder")
    session.commit()

    assert "1. hatırlatma ·" in words_of(signed_in)
    assert "1. hatırlatma: gönderildi" in words_of(
        signed_in, f"/outbox/mailings/{reminder.id}/sent"
    )


def test_doubts_and_failures_name_the_survey_by_its_title(
    signed_in: Browser, session: Session
) -> None:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued")
    for state, reason in [("unknown", "line_lost"), ("failed", "refused")]:
        make_messages(session, 1, survey=survey, mailing=mailing, state=state, reason=reason)

    words = words_of(signed_in)

    assert "Mezun Anketi, davet" in words
    assert "1 · Mezun Anketi:" in words


def test_mailing_is_called_stopped_or_cancelled_as_in_the_plan(
    signed_in: Browser, session: Session
) -> None:
    survey = make_survey(session)
    for over in ({"stopped_at": NOW}, {"stopped_at": None}):
        make_mailing(session, survey=survey, state="cancelled", **over)
    session.commit()

    words = words_of(signed_in)

    assert (words.count("durduruldu"), words.count("iptal edildi")) == (1, 1)


def test_failed_mails_say_what_the_server_said(signed_in: Browser, session: Session) -> None:
    make_messages(
        session, 1, state="failed", reason="refused", smtp_code=550, smtp_text="5.1.1 <unknown>"
    )

    assert "550 5.1.1 &lt;unknown&gt;" in signed_in.get("/outbox").get_data(as_text=True)


def test_failed_mail_to_staff_is_shown(signed_in: Browser, session: Session, staff: Staff) -> None:
    make_messages(session, 1)
    values = {"kind": "digest", "key": "d", "params": {}, "state": "failed", "reason": "refused"}
    session.add(StaffMail(staff_id=staff.id, due_at=NOW, created_at=NOW, **values))
    session.commit()

    assert "günlük özet" in words_of(signed_in)


def test_all_sending_is_stopped_with_a_reason_and_goes_on(
    signed_in: Browser, session: Session, staff: Staff
) -> None:
    make_messages(session, 1)
    signed_in.get("/outbox")

    stopped = signed_in.post("/outbox/pause", {"reason": "  Yanlış\r\nmetin  "})

    assert (stopped.status_code, stopped.location) == (303, "/outbox?said=sending_paused")
    assert "“Yanlış metin”" in words_of(signed_in)
    signed_in.post("/outbox/resume")
    assert reload(session, SenderState)[0].paused_at is None
    trail = [(e.actor, e.action) for e in reload(session, AuditEntry) if e.subject == "outbox"]
    person = f"staff:{staff.id}"
    assert trail == [(person, "outbox.pause"), (person, "outbox.resume")]


def test_stop_without_a_reason_is_refused_at_its_field(
    signed_in: Browser, session: Session
) -> None:
    make_messages(session, 1)
    signed_in.get("/outbox")

    page = signed_in.post("/outbox/pause", {"reason": " "})

    assert page.status_code == 422
    assert 'href="#reason"' in page.get_data(as_text=True)
    assert reload(session, SenderState)[0].paused_at is None


def test_second_stop_keeps_the_first_reason(signed_in: Browser, session: Session) -> None:
    make_messages(session, 1)
    pause_sending(session, reason="login_refused", now=NOW)
    session.commit()
    signed_in.get("/outbox")

    signed_in.post("/outbox/pause", {"reason": "Sonraki"})

    assert reload(session, SenderState)[0].paused_reason == "login_refused"


def test_held_mailing_is_let_go(signed_in: Browser, session: Session) -> None:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="held", due_at=NOW - timedelta(days=3))
    session.commit()
    page = signed_in.get("/outbox").get_data(as_text=True)
    assert f"/outbox/surveys/{survey.code}/release" in page

    signed_in.post(f"/outbox/surveys/{survey.code}/release")

    session.refresh(mailing)
    assert (mailing.state, mailing.due_at) == ("planned", NOW)


PRESSES = ["/outbox/pause", "/outbox/resume", "/outbox/surveys/yok/release"]


@pytest.mark.parametrize("path", PRESSES)
def test_viewer_looks_and_presses_nothing(
    signed_in: Browser, session: Session, staff: Staff, path: str
) -> None:
    make_messages(session, 1)
    session.merge(staff).role = Role.VIEWER
    session.commit()

    page = signed_in.get("/outbox")

    assert page.status_code == 200
    assert 'action="/outbox' not in page.get_data(as_text=True)
    assert signed_in.post(path, {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("path", ["/outbox", "/outbox/mailings/1/sent"])
def test_outbox_needs_a_sign_in(browser: Browser, path: str) -> None:
    assert browser.get(path).location.startswith("/login?next=")


@pytest.mark.parametrize("path", PRESSES)
def test_buttons_need_a_sign_in(browser: Browser, path: str) -> None:
    assert browser.post(path).status_code == 401


def test_unknown_survey_has_no_mailing_to_let_go(signed_in: Browser) -> None:
    signed_in.get("/staff/logins")

    assert signed_in.post("/outbox/surveys/yok/release").status_code == 404
