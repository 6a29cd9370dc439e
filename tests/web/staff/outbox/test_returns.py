"""Returned mails in the browser: what they say, and what staff decide."""

import pytest
from sqlalchemy.orm import Session

from models import AuditEntry, Invitation, Mailing, MailReport, Message, Role, Staff
from tests.bounces.sending import make_sent, take, written
from tests.conftest import NOW
from tests.web.staff.conftest import Browser, reload


def returned(session: Session, name: str) -> Message:
    message = make_sent(session)
    take(session, written(session, name, message))
    session.commit()
    return message


def only(session: Session) -> MailReport:
    [report] = reload(session, MailReport)
    assert isinstance(report, MailReport)
    return report


def test_refusal_of_our_mail_waits_for_a_look(signed_in: Browser, session: Session) -> None:
    returned(session, "gmail-unauthenticated")

    outbox = signed_in.get("/outbox").get_data(as_text=True)
    page = signed_in.get("/returns").get_data(as_text=True)

    assert "bakılacak 1" in outbox
    assert "5.7.26" in page
    assert "Kişiyle değil, bizim e-postamızla ilgili" in page


def test_page_says_that_no_mailbox_is_read_where_none_is_set(signed_in: Browser) -> None:
    page = signed_in.get("/returns").get_data(as_text=True)

    assert "Geri dönen e-postaların her dakika okunduğu bir posta kutusu ayarlanmamış" in page


def test_mail_that_nobody_understood_is_shown_itself(signed_in: Browser, session: Session) -> None:
    returned(session, "human-reply")

    page = signed_in.get(f"/returns/{only(session).id}").get_data(as_text=True)

    assert "Merhaba, anketi doldurdum, iyi çalışmalar." in page
    assert "Zeynep Demir" in page


def test_hostile_mail_is_shown_as_text(signed_in: Browser, session: Session) -> None:
    message = make_sent(session)
    take(session, b"Subject: <script>alert(1)</script>\n\n<script>alert(2)</script>")
    session.commit()
    assert message.id

    page = signed_in.get(f"/returns/{only(session).id}").get_data(as_text=True)

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(2)" in page


def test_seen_mail_waits_no_more(signed_in: Browser, session: Session, staff: Staff) -> None:
    returned(session, "gmail-unauthenticated")
    report_id = only(session).id
    signed_in.get(f"/returns/{report_id}")

    answer = signed_in.post(f"/returns/{report_id}/decide", {"decision": "seen"})

    assert answer.location == "/returns?said=return_settled"
    assert (only(session).settled_by, only(session).settled_as) == (f"staff:{staff.id}", "seen")
    entry = next(e for e in reload(session, AuditEntry) if e.action == "bounce.decide")
    assert entry.details["decision"] == "seen"


@pytest.mark.parametrize(("decision", "state"), [("away", "away"), ("moved", "moved")])
def test_automatic_reply_moves_the_case(
    signed_in: Browser, session: Session, decision: str, state: str
) -> None:
    returned(session, "ooo-outlook")
    report_id = only(session).id
    signed_in.get(f"/returns/{report_id}")

    signed_in.post(f"/returns/{report_id}/decide", {"decision": decision})

    assert [case.mail_state for case in reload(session, Invitation)] == [state]


def test_bounced_mail_goes_again(signed_in: Browser, session: Session) -> None:
    returned(session, "postfix-unknown-user")
    report_id = only(session).id
    signed_in.get(f"/returns/{report_id}")

    answer = signed_in.post(f"/returns/{report_id}/decide", {"decision": "resent"})

    [message] = reload(session, Message)
    assert answer.location == "/returns?said=return_resent"
    assert (message.state, message.bounced_at, message.due_at) == ("queued", None, NOW)


def test_what_was_decided_is_not_decided_again(signed_in: Browser, session: Session) -> None:
    returned(session, "gmail-unauthenticated")
    report_id = only(session).id
    signed_in.get(f"/returns/{report_id}")
    signed_in.post(f"/returns/{report_id}/decide", {"decision": "seen"})

    answer = signed_in.post(f"/returns/{report_id}/decide", {"decision": "away"})

    assert answer.status_code == 409
    assert only(session).settled_as == "seen"


def test_viewer_reads_and_decides_nothing(
    signed_in: Browser, session: Session, staff: Staff
) -> None:
    returned(session, "gmail-unauthenticated")
    session.get_one(Staff, staff.id).role = Role.VIEWER
    session.commit()
    report_id = only(session).id

    page = signed_in.get(f"/returns/{report_id}").get_data(as_text=True)
    answer = signed_in.post(f"/returns/{report_id}/decide", {"decision": "seen"})

    assert "decide" not in page
    assert answer.status_code == 403


def test_mailing_that_paused_itself_goes_on_when_staff_say_so(
    signed_in: Browser, session: Session
) -> None:
    message = make_sent(session)
    mailing = message.mailing
    mailing.paused_at, mailing.paused_reason = NOW, "canary_failed"
    session.commit()

    page = signed_in.get("/outbox").get_data(as_text=True)
    answer = signed_in.post(f"/outbox/mailings/{mailing.id}/resume", {})

    assert "ikiden çoğu" in page
    assert answer.location == "/outbox?said=mailing_resumed"
    assert [row.paused_reason for row in reload(session, Mailing)] == [None]
