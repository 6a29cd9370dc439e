"""Mails in doubt and failed mails: one or all of a mailing, decided by staff."""

import pytest
from sqlalchemy.orm import Session

from models import AuditEntry, Message, Role, Staff
from tests.conftest import NOW
from tests.factories import make_messages
from tests.web.staff.conftest import Browser, reload


def states(session: Session) -> list[str]:
    return [m.state for m in sorted(reload(session, Message), key=lambda m: int(m.id))]


@pytest.mark.parametrize(("decision", "state"), [("resent", "queued"), ("assumed_sent", "sent")])
def test_one_mail_in_doubt_is_decided(
    signed_in: Browser, session: Session, decision: str, state: str
) -> None:
    one, _ = make_messages(session, 2, state="unknown", reason="crashed", sending_at=NOW)
    page = signed_in.get("/outbox").get_data(as_text=True)

    signed_in.post(
        f"/outbox/mailings/{one.mailing_id}/resolve",
        {"decision": decision, "message": str(one.id)},
    )

    assert f"m.{one.id}." in page
    assert states(session) == [state, "unknown"]


def test_all_mails_in_doubt_of_a_mailing_are_decided_and_noted(
    signed_in: Browser, session: Session, staff: Staff
) -> None:
    one, _ = make_messages(session, 2, state="unknown", reason="crashed")
    code, mailing = one.mailing.survey.code, one.mailing
    signed_in.get(f"/outbox/mailings/{one.mailing_id}/unknown")

    answer = signed_in.post(f"/outbox/mailings/{mailing.id}/resolve", {"decision": "resent"})

    assert answer.location == "/outbox?said=mails_resent"
    entry = next(e for e in reload(session, AuditEntry) if e.action == "outbox.resolve")
    assert (entry.actor, entry.subject) == (f"staff:{staff.id}", f"survey:{code}")
    assert entry.details == {"position": mailing.position, "count": 2, "decision": "resent"}


def test_failed_mail_is_tried_again_from_the_list(signed_in: Browser, session: Session) -> None:
    one, _ = make_messages(session, 2, state="failed", reason="refused", smtp_code=550)
    path = f"/outbox/mailings/{one.mailing_id}"
    signed_in.get(f"{path}/failed")

    answer = signed_in.post(f"{path}/retry", {"message": str(one.id), "from": "list"})

    assert answer.location == f"{path}/failed?said=mails_retried"
    assert states(session) == ["queued", "failed"]


def test_all_failed_mails_of_a_mailing_are_tried_again(
    signed_in: Browser, session: Session
) -> None:
    one, _ = make_messages(session, 2, state="failed", reason="refused")
    signed_in.get(f"/outbox/mailings/{one.mailing_id}/failed")

    signed_in.post(f"/outbox/mailings/{one.mailing_id}/retry")

    assert states(session) == ["queued", "queued"]


def test_failed_mail_of_a_survey_that_is_over_has_no_button(
    signed_in: Browser, session: Session
) -> None:
    (one,) = make_messages(session, 1, state="failed", reason="refused", expires_at=NOW)
    one.mailing.survey.closed_at = NOW
    session.commit()
    path = f"/outbox/mailings/{one.mailing_id}"

    page = signed_in.get(f"{path}/failed").get_data(as_text=True)

    assert "/retry" not in page
    assert signed_in.post(f"{path}/retry").status_code == 409


def test_what_was_decided_meanwhile_is_told(signed_in: Browser, session: Session) -> None:
    (one,) = make_messages(session, 1, state="sent", sent_at=NOW)
    signed_in.get("/outbox")

    path = f"/outbox/mailings/{one.mailing_id}/resolve"
    answer = signed_in.post(path, {"decision": "resent"})

    assert answer.status_code == 409
    assert states(session) == ["sent"]


def test_message_is_only_found_below_its_own_mailing(signed_in: Browser, session: Session) -> None:
    (one,) = make_messages(session, 1, state="unknown", reason="crashed")
    (other,) = make_messages(session, 1, state="unknown", reason="crashed")
    signed_in.get("/outbox")

    path = f"/outbox/mailings/{other.mailing_id}/resolve"
    answer = signed_in.post(path, {"decision": "resent", "message": str(one.id)})

    assert answer.status_code == 404
    assert states(session) == ["unknown", "unknown"]


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("/outbox/mailings/999/resolve", {"decision": "resent"}, 404),
        ("/outbox/mailings/999/retry", {}, 404),
        ("/outbox/mailings/999/resolve", {"decision": "burn"}, 400),
    ],
)
def test_unknown_mailing_or_decision_is_refused(
    signed_in: Browser, path: str, data: dict[str, str], status: int
) -> None:
    signed_in.get("/staff/logins")

    assert signed_in.post(path, data).status_code == status


@pytest.mark.parametrize("path", ["/outbox/mailings/999/sent", "/outbox/mailings/1/lost"])
def test_unknown_list_is_not_found(signed_in: Browser, path: str) -> None:
    assert signed_in.get(path).status_code == 404


@pytest.mark.parametrize("button", ["resolve", "retry"])
def test_viewer_decides_nothing(
    signed_in: Browser, session: Session, staff: Staff, button: str
) -> None:
    session.merge(staff).role = Role.VIEWER
    session.commit()
    signed_in.get("/staff/logins")

    assert signed_in.post(f"/outbox/mailings/1/{button}").status_code == 403


@pytest.mark.parametrize("button", ["resolve", "retry"])
def test_decisions_need_a_sign_in(browser: Browser, button: str) -> None:
    assert browser.post(f"/outbox/mailings/1/{button}").status_code == 401
