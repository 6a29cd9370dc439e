"""A graduate's mails: stopped, allowed again, sent elsewhere; and the list of who gets none."""

import json

import pytest
from sqlalchemy.orm import Session

from models import Alumnus, AuditEntry, Invitation, Suppression
from tests.conftest import NOW
from tests.web.staff.conftest import Browser, reload
from tests.web.staff.roster.conftest import open_page, path_of, text_of


def test_mails_are_stopped_and_allowed_again(
    signed_in: Browser, person: Alumnus, session: Session
) -> None:
    open_page(signed_in, person)

    signed_in.post(path_of(person, "/stop-mails"), {"stop_note": "telefonla istedi"})
    [stop] = reload(session, Suppression)
    assert (stop.reason, stop.note, stop.lifted_at) == ("staff", "telefonla istedi", None)
    assert "telefonla istedi" in open_page(signed_in, person)
    signed_in.post(path_of(person, "/allow-mails"), {"stop_note": ""})

    assert reload(session, Suppression)[0].lifted_by == stop.created_by
    actions = [entry.action for entry in reload(session, AuditEntry)]
    assert actions[-2:] == ["roster.mails_stopped", "roster.mails_allowed"]


def test_own_opt_out_is_lifted_only_with_a_note(
    signed_in: Browser, person: Alumnus, case: Invitation, session: Session
) -> None:
    row = {"address_hash": "x", "reason": "unsubscribed", "created_at": NOW}
    session.add(Suppression(alumnus_id=person.id, **row))
    case.declined_at = NOW
    session.commit()
    open_page(signed_in, person)

    refused = signed_in.post(path_of(person, "/allow-mails"), {"stop_note": " "})
    allowed = signed_in.post(path_of(person, "/allow-mails"), {"stop_note": "yazılı istedi"})

    assert (refused.status_code, allowed.status_code) == (422, 303)
    assert 'id="stop_note-fault"' in refused.get_data(as_text=True)
    assert reload(session, Invitation)[0].declined_at is None
    assert reload(session, Suppression)[0].lifted_note == "yazılı istedi"


@pytest.mark.parametrize(
    ("typed", "email", "fault"),
    [(" ISIL@Example.com ", "isil@example.com", None), ("", None, "missing")],
)
def test_address_is_corrected(
    signed_in: Browser,
    person: Alumnus,
    session: Session,
    typed: str,
    email: str | None,
    fault: str | None,
) -> None:
    open_page(signed_in, person)

    answer = signed_in.post(path_of(person, "/address"), {"email": typed})

    assert answer.status_code == 303
    changed = reload(session, Alumnus)[0]
    assert (changed.email, changed.email_fault) == (email, fault)
    assert "isil" not in json.dumps(reload(session, AuditEntry)[-1].details)


def test_address_with_a_slip_is_refused_with_what_was_meant(
    signed_in: Browser, person: Alumnus
) -> None:
    open_page(signed_in, person)

    answer = signed_in.post(path_of(person, "/address"), {"email": "işıl@gmial.com"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "isil@gmail.com" in page
    assert 'value="işıl@gmial.com"' in page


def test_suppression_list_names_people_and_reasons(
    signed_in: Browser, person: Alumnus, session: Session
) -> None:
    row = {"address_hash": "x", "created_at": NOW}
    session.add(Suppression(alumnus_id=person.id, reason="unsubscribed", **row))
    session.add(Suppression(reason="erased", **row))
    session.add(Suppression(alumnus_id=person.id, reason="staff", lifted_at=NOW, **row))
    session.commit()

    everybody = text_of(signed_in.get("/roster/suppressions"))
    erased = text_of(signed_in.get("/roster/suppressions?reason=erased"))

    assert "2 kayıt" in everybody
    assert "Işıl Yılmaz" in everybody
    assert "Silinmiş kişi" in everybody
    assert "Işıl Yılmaz" not in erased


def test_empty_suppression_list_says_so(signed_in: Browser) -> None:
    assert "söyleyen kimse yok" in text_of(signed_in.get("/roster/suppressions"))
