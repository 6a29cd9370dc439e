"""One graduate: what is known, and what staff can do."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from models import Alumnus, AuditEntry, Invitation, ManualDisposition, Role, Suppression
from surveys.tokens import hash_address
from tests.conftest import NOW, make_settings
from tests.factories import (
    make_alumnus,
    make_invitation,
    make_survey,
)
from tests.web.staff.conftest import BASE_URL, Browser, reload
from tests.web.staff.roster.conftest import open_page, path_of

OUTCOME = {"kind": "not_a_graduate", "outcome_reason": "Kendisi aradı, 3 Kasım"}


def test_page_shows_fields_surveys_and_mails(
    signed_in: Browser, person: Alumnus, case: Invitation
) -> None:
    page = open_page(signed_in, person)

    for words in ("Işıl Yılmaz", "2023-1", "Şehir", "Çorum", "Mezun Anketi", "yanıtlamadı"):
        assert words in page
    for words in ("Davet", "550 no such user", "hiç e-posta", "Sayımda: 3.11"):
        assert words in page, words
    assert case.responded_at is None


def test_outcome_is_recorded_with_who_and_why(
    signed_in: Browser, person: Alumnus, case: Invitation, session: Session
) -> None:
    open_page(signed_in, person)

    answer = signed_in.post(path_of(person, "/outcomes"), OUTCOME)

    assert answer.status_code == 303
    assert reload(session, Invitation)[0].manual_code == "4.10"
    page = open_page(signed_in, person)
    assert "Kendisi aradı, 3 Kasım" in page
    assert "zeynep@example.edu.tr" in page
    assert case.survey_id
    entry = reload(session, AuditEntry)[-1]
    assert (entry.action, entry.subject) == ("roster.outcome_recorded", f"alumnus:{person.id}")
    assert entry.details == {"kind": "not_a_graduate"}


def test_answer_by_phone_is_recorded_for_one_survey(
    signed_in: Browser, person: Alumnus, case: Invitation, session: Session
) -> None:
    open_page(signed_in, person)

    signed_in.post(
        path_of(person, "/outcomes"), {**OUTCOME, "kind": f"answered_by_phone:{case.id}"}
    )

    assert reload(session, Invitation)[0].manual_code == "1.2"
    assert "answered_by_phone:" not in signed_in.get(path_of(person)).get_data(as_text=True)


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
    open_page(signed_in, person)

    answer = signed_in.post(path_of(person, "/outcomes"), {**OUTCOME, **form})

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
    open_page(signed_in, person)

    form = {**OUTCOME, "kind": f"answered_by_phone:{other.id}"}

    assert signed_in.post(path_of(person, "/outcomes"), form).status_code == 422


def test_outcome_is_taken_back(signed_in: Browser, person: Alumnus, session: Session) -> None:
    open_page(signed_in, person)
    signed_in.post(path_of(person, "/outcomes"), OUTCOME)
    [row] = reload(session, ManualDisposition)

    answer = signed_in.post(path_of(person, f"/outcomes/{row.id}/withdraw"))

    assert answer.status_code == 303
    assert reload(session, Alumnus)[0].ineligible_at is None
    assert "geri alındı" in open_page(signed_in, person)
    assert [e.action for e in reload(session, AuditEntry)][-1] == "roster.outcome_withdrawn"


def test_outcome_of_somebody_else_is_not_taken_back(
    signed_in: Browser, person: Alumnus, session: Session
) -> None:
    other = make_alumnus(session)
    told = {"kind": "died", "reason": "x", "created_by": "staff:9", "created_at": NOW}
    row = ManualDisposition(alumnus_id=other.id, **told)
    session.add(row)
    session.commit()
    open_page(signed_in, person)

    assert signed_in.post(path_of(person, f"/outcomes/{row.id}/withdraw")).status_code == 404


def test_admin_hands_over_all_that_is_held(
    signed_in: Browser, person: Alumnus, become: Callable[[Role], None], session: Session
) -> None:
    become(Role.ADMIN)
    open_page(signed_in, person, "/data")

    form = {"csrf_token": signed_in.token}
    answer = signed_in.client.post(path_of(person, "/data/hand-over"), data=form, base_url=BASE_URL)

    assert json.loads(answer.data)["person"]["external_id"] == "2023-1"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert reload(session, AuditEntry)[-1].action == "roster.export_person"


def test_admin_erases_who_is_named_by_number(
    signed_in: Browser, person: Alumnus, become: Callable[[Role], None], session: Session
) -> None:
    become(Role.ADMIN)
    open_page(signed_in, person, "/data")

    refused = signed_in.post(path_of(person, "/data/erase"), {"number": "2023"})
    erased = signed_in.post(path_of(person, "/data/erase"), {"number": " 2023-1 "})

    assert (refused.status_code, erased.status_code) == (422, 303)
    assert reload(session, Alumnus)[0].erased_at == NOW
    assert signed_in.get(path_of(person)).status_code == 404
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
    page = signed_in.get(path_of(person)).get_data(as_text=True)

    assert signed_in.post(path_of(person, f"/{action}")).status_code == 403
    assert f'action="/roster/{person.id}/{action}"' not in page


@pytest.mark.parametrize("path", ["/roster/999", "/roster/999/data", "/roster/x"])
def test_unknown_person_is_no_page(
    signed_in: Browser, become: Callable[[Role], None], path: str
) -> None:
    become(Role.ADMIN)

    assert signed_in.get(path).status_code == 404


def test_person_needs_a_sign_in(browser: Browser, person: Alumnus) -> None:
    assert browser.get(path_of(person)).status_code == 302


@pytest.mark.parametrize(
    ("reason", "is_own", "words"),
    [
        ("bounced", False, "Bu adrese gönderilen e-posta geri geldi"),
        ("complained", True, "İletimizi istenmeyen olarak işaretledi"),
        ("alumni_system", True, "Mezun sistemi durdurdu"),
    ],
)
def test_page_tells_what_stops_the_mails(
    signed_in: Browser, person: Alumnus, session: Session, reason: str, *, is_own: bool, words: str
) -> None:
    keys = make_settings("sqlite:///unused.db").keys()
    session.add(
        Suppression(
            address_hash=hash_address(keys.hash[0], person.email or ""),
            alumnus_id=person.id if is_own else None,
            reason=reason,
            created_by="system",
            created_at=NOW,
        )
    )
    session.commit()

    page = open_page(signed_in, person)

    assert words in page
    assert "başka" not in page.split("E-posta", 1)[1].split("Adresi düzelt", 1)[0]
