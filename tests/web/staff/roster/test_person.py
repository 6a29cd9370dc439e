"""One graduate: what is known, and what staff can do."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from models import Alumnus, AuditEntry, Invitation, ManualDisposition, Role, Suppression
from tests.conftest import NOW
from tests.factories import (
    make_alumnus,
    make_invitation,
    make_mailing,
    make_message,
    make_survey,
)
from tests.web.staff.conftest import BASE_URL, Browser, reload
from tests.web.staff.roster.conftest import text_of

OUTCOME = {"kind": "not_a_graduate", "outcome_reason": "Kendisi aradı, 3 Kasım"}


@pytest.fixture
def person(session: Session) -> Alumnus:
    alumnus = make_alumnus(
        session, given_name="Işıl", external_id="2023-1", attributes={"Şehir": "Çorum"}
    )
    session.commit()
    return alumnus


@pytest.fixture
def case(session: Session, person: Alumnus) -> Invitation:
    survey = make_survey(session)
    invitation = make_invitation(session, survey=survey, alumnus=person)
    mailing = make_mailing(session, survey=survey)
    make_message(
        session,
        mailing=mailing,
        invitation=invitation,
        state="failed",
        reason="refused",
        smtp_text="550 no such user",
    )
    session.commit()
    return invitation


def _path(person: Alumnus, action: str = "") -> str:
    return f"/roster/{person.id}{action}"


def _open(browser: Browser, person: Alumnus, action: str = "") -> str:
    return text_of(browser.get(_path(person, action)))


def test_page_shows_fields_surveys_and_mails(
    signed_in: Browser, person: Alumnus, case: Invitation
) -> None:
    page = _open(signed_in, person)

    for words in ("Işıl Yılmaz", "2023-1", "Şehir", "Çorum", "Mezun Anketi", "yanıtlamadı"):
        assert words in page
    for words in ("Davet", "550 no such user", "hiç e-posta", "Sayımda: 3.11"):
        assert words in page, words
    assert case.responded_at is None


def test_outcome_is_recorded_with_who_and_why(
    signed_in: Browser, person: Alumnus, case: Invitation, session: Session
) -> None:
    _open(signed_in, person)

    answer = signed_in.post(_path(person, "/outcomes"), OUTCOME)

    assert answer.status_code == 303
    assert reload(session, Invitation)[0].manual_code == "4.10"
    page = _open(signed_in, person)
    assert "Kendisi aradı, 3 Kasım" in page
    assert "zeynep@example.edu.tr" in page
    assert case.survey_id
    entry = reload(session, AuditEntry)[-1]
    assert (entry.action, entry.subject) == ("roster.outcome_recorded", f"alumnus:{person.id}")
    assert entry.details == {"kind": "not_a_graduate"}


def test_answer_by_phone_is_recorded_for_one_survey(
    signed_in: Browser, person: Alumnus, case: Invitation, session: Session
) -> None:
    _open(signed_in, person)

    signed_in.post(_path(person, "/outcomes"), {**OUTCOME, "kind": f"answered_by_phone:{case.id}"})

    assert reload(session, Invitation)[0].manual_code == "1.2"
    assert "answered_by_phone:" not in signed_in.get(_path(person)).get_data(as_text=True)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "answered_by_phone:999"}, "kind"),
        ({"outcome_reason": " "}, "outcome_reason"),
        ({"kind": "died", "died_on": "2027-01-01"}, "died_on"),
        ({"kind": "died", "died_on": "dün"}, "died_on"),
    ],
)
def test_outcome_that_says_too_little_is_refused_at_its_field(
    signed_in: Browser, person: Alumnus, session: Session, form: dict[str, str], field: str
) -> None:
    _open(signed_in, person)

    answer = signed_in.post(_path(person, "/outcomes"), {**OUTCOME, **form})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="#{field}"' in page
    assert f'id="{field}-fault"' in page
    assert reload(session, ManualDisposition) == []


def test_case_of_somebody_else_is_no_choice(
    signed_in: Browser, person: Alumnus, session: Session
) -> None:
    other = make_invitation(session, survey=make_survey(session))
    session.commit()
    _open(signed_in, person)

    form = {**OUTCOME, "kind": f"answered_by_phone:{other.id}"}

    assert signed_in.post(_path(person, "/outcomes"), form).status_code == 422


def test_outcome_is_taken_back(signed_in: Browser, person: Alumnus, session: Session) -> None:
    _open(signed_in, person)
    signed_in.post(_path(person, "/outcomes"), OUTCOME)
    [row] = reload(session, ManualDisposition)

    answer = signed_in.post(_path(person, f"/outcomes/{row.id}/withdraw"))

    assert answer.status_code == 303
    assert reload(session, Alumnus)[0].ineligible_at is None
    assert "geri alındı" in _open(signed_in, person)
    assert [e.action for e in reload(session, AuditEntry)][-1] == "roster.outcome_withdrawn"


def test_outcome_of_somebody_else_is_not_taken_back(
    signed_in: Browser, person: Alumnus, session: Session
) -> None:
    other = make_alumnus(session)
    told = {"kind": "died", "reason": "x", "created_by": "staff:9", "created_at": NOW}
    row = ManualDisposition(alumnus_id=other.id, **told)
    session.add(row)
    session.commit()
    _open(signed_in, person)

    assert signed_in.post(_path(person, f"/outcomes/{row.id}/withdraw")).status_code == 404


def test_mails_are_stopped_and_allowed_again(
    signed_in: Browser, person: Alumnus, session: Session
) -> None:
    _open(signed_in, person)

    signed_in.post(_path(person, "/stop-mails"), {"stop_note": "telefonla istedi"})
    [stop] = reload(session, Suppression)
    assert (stop.reason, stop.note, stop.lifted_at) == ("staff", "telefonla istedi", None)
    assert "telefonla istedi" in _open(signed_in, person)
    signed_in.post(_path(person, "/allow-mails"), {"stop_note": ""})

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
    _open(signed_in, person)

    refused = signed_in.post(_path(person, "/allow-mails"), {"stop_note": " "})
    allowed = signed_in.post(_path(person, "/allow-mails"), {"stop_note": "yazılı istedi"})

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
    _open(signed_in, person)

    answer = signed_in.post(_path(person, "/address"), {"email": typed})

    assert answer.status_code == 303
    changed = reload(session, Alumnus)[0]
    assert (changed.email, changed.email_fault) == (email, fault)
    assert "isil" not in json.dumps(reload(session, AuditEntry)[-1].details)


def test_address_with_a_slip_is_refused_with_what_was_meant(
    signed_in: Browser, person: Alumnus
) -> None:
    _open(signed_in, person)

    answer = signed_in.post(_path(person, "/address"), {"email": "işıl@gmial.com"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "isil@gmail.com" in page
    assert 'value="işıl@gmial.com"' in page


def test_admin_hands_over_all_that_is_held(
    signed_in: Browser, person: Alumnus, become: Callable[[Role], None], session: Session
) -> None:
    become(Role.ADMIN)
    _open(signed_in, person, "/data")

    form = {"csrf_token": signed_in.token}
    answer = signed_in.client.post(_path(person, "/data/hand-over"), data=form, base_url=BASE_URL)

    assert json.loads(answer.data)["person"]["external_id"] == "2023-1"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert reload(session, AuditEntry)[-1].action == "roster.export_person"


def test_admin_erases_who_is_named_by_number(
    signed_in: Browser, person: Alumnus, become: Callable[[Role], None], session: Session
) -> None:
    become(Role.ADMIN)
    _open(signed_in, person, "/data")

    refused = signed_in.post(_path(person, "/data/erase"), {"number": "2023"})
    erased = signed_in.post(_path(person, "/data/erase"), {"number": " 2023-1 "})

    assert (refused.status_code, erased.status_code) == (422, 303)
    assert reload(session, Alumnus)[0].erased_at == NOW
    assert signed_in.get(_path(person)).status_code == 404
    assert reload(session, AuditEntry)[-1].action == "roster.erase"


@pytest.mark.parametrize(
    ("role", "action"),
    [
        *((Role.VIEWER, a) for a in ("outcomes", "stop-mails", "allow-mails", "address")),
        *((Role.EDITOR, a) for a in ("data/hand-over", "data/erase")),
    ],
)
def test_lower_role_cannot_do_it(
    signed_in: Browser,
    person: Alumnus,
    become: Callable[[Role], None],
    role: Role,
    action: str,
) -> None:
    become(role)
    page = signed_in.get(_path(person)).get_data(as_text=True)

    assert signed_in.post(_path(person, f"/{action}")).status_code == 403
    assert f'action="/roster/{person.id}/{action}"' not in page


@pytest.mark.parametrize("path", ["/roster/999", "/roster/999/data", "/roster/x"])
def test_unknown_person_is_no_page(
    signed_in: Browser, become: Callable[[Role], None], path: str
) -> None:
    become(Role.ADMIN)

    assert signed_in.get(path).status_code == 404


def test_person_needs_a_sign_in(browser: Browser, person: Alumnus) -> None:
    assert browser.get(_path(person)).status_code == 302


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
