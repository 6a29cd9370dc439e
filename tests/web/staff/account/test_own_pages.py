"""One's own account: details, password, and being asked again who one is."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import Staff, StaffLogin
from surveys.accounts.passwords import is_right
from tests.conftest import SettableClock
from tests.web.staff.conftest import PASSWORD, Browser, reload

NEW = "karlı perşembe kahvesi"
LATER = timedelta(minutes=11)


def test_details_are_kept(signed_in: Browser, session: Session) -> None:
    signed_in.get("/staff/account")

    form = {"name": "Zeynep  Kaya", "language": "en"}
    answer = signed_in.post("/staff/account", form)

    person = reload(session, Staff)[0]
    assert answer.headers["Location"] == "/staff/account?said=account_saved"
    assert (person.name, person.language, person.wants_digest) == ("Zeynep Kaya", "en", False)
    assert "Your details are saved." in signed_in.get(answer.headers["Location"]).text


def test_overlong_name_is_told_and_kept_in_the_form(signed_in: Browser) -> None:
    signed_in.get("/staff/account")

    answer = signed_in.post("/staff/account", {"name": "ş" * 101, "language": "tr"})

    assert answer.status_code == 422
    assert "ş" * 101 in answer.text
    assert "100" in answer.text


def test_role_in_the_form_changes_nothing(signed_in: Browser, session: Session) -> None:
    signed_in.get("/staff/account")

    signed_in.post("/staff/account", {"name": "Z", "role": "admin", "password_hash": "x"})

    person = reload(session, Staff)[0]
    assert person.role == "editor"
    assert is_right(PASSWORD, kept=person.password_hash)


def test_password_changes_and_others_are_signed_out(
    signed_in: Browser, other_browser: Browser, session: Session
) -> None:
    other_browser.sign_in()
    signed_in.get("/staff/account/password")

    form = {"current": PASSWORD, "password": NEW, "repeated": NEW}
    answer = signed_in.post("/staff/account/password", form)

    assert answer.headers["Location"] == "/staff/account?said=password_changed"
    assert is_right(NEW, kept=reload(session, Staff)[0].password_hash)
    assert signed_in.is_signed_in()
    assert not other_browser.is_signed_in()


@pytest.mark.parametrize(
    ("current", "new", "repeated", "words"),
    [
        ("wrong", NEW, NEW, "Şu anki parolanız bu değil."),
        (PASSWORD, "kısa", "kısa", "En az 15"),
        (PASSWORD, NEW, "başka bir şey daha", "İki parola birbirinin aynı değil"),
    ],
)
def test_password_that_cannot_be_taken_changes_nothing(
    signed_in: Browser, session: Session, current: str, new: str, repeated: str, words: str
) -> None:
    signed_in.get("/staff/account/password")

    form = {"current": current, "password": new, "repeated": repeated}
    answer = signed_in.post("/staff/account/password", form)

    assert answer.status_code == 422
    assert words in answer.text
    assert is_right(PASSWORD, kept=reload(session, Staff)[0].password_hash)


def test_old_sign_in_is_asked_again_before_sensitive_pages(
    signed_in: Browser, clock: SettableClock
) -> None:
    clock.advance(LATER)

    looked = signed_in.get("/staff/account/password")
    signed_in.get("/staff/account")
    sent = signed_in.post(
        "/staff/account/second-factor/begin",
        headers={"Referer": "https://anket.example.edu.tr/staff/account/second-factor"},
    )

    assert looked.headers["Location"] == "/login/confirm?next=%2Fstaff%2Faccount%2Fpassword"
    assert sent.headers["Location"].endswith("?next=%2Fstaff%2Faccount%2Fsecond-factor")
    assert signed_in.get("/staff/account").status_code == 200


def test_confirming_opens_what_was_asked_for(
    signed_in: Browser, clock: SettableClock, session: Session
) -> None:
    clock.advance(LATER)
    page = "/login/confirm?next=/staff/account/password"
    signed_in.get(page)

    wrong = signed_in.post(page, {"password": "wrong"})
    right = signed_in.post(page, {"password": PASSWORD})

    assert wrong.status_code == 422
    assert right.headers["Location"] == "/staff/account/password?said=confirmed"
    assert signed_in.get("/staff/account/password").status_code == 200
    assert reload(session, StaffLogin)[0].confirmed_at == clock.now()


def test_confirming_is_throttled(signed_in: Browser, clock: SettableClock) -> None:
    clock.advance(LATER)
    signed_in.get("/login/confirm")
    for _ in range(5):
        signed_in.post("/login/confirm", {"password": "wrong"})

    assert signed_in.post("/login/confirm", {"password": PASSWORD}).status_code == 429


def test_person_without_a_password_is_offered_a_link(
    signed_in: Browser, session: Session, staff: Staff, clock: SettableClock
) -> None:
    session.get_one(Staff, staff.id).password_hash = None
    session.commit()
    clock.advance(LATER)

    page = signed_in.get("/login/confirm").text

    assert 'action="/login/forgotten"' in page
    assert 'name="password"' not in page
