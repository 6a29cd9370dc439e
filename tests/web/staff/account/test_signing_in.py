"""Signing in with address and password, and out again."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from itsdangerous import TimestampSigner
from sqlalchemy.orm import Session

from models import AuditEntry, Staff, StaffLogin
from surveys.accounts.passwords import is_right
from surveys.tokens import hash_secret
from tests.conftest import SettableClock
from tests.web.staff.conftest import BASE_URL, EMAIL, PASSWORD, Browser, reload

IDLE = timedelta(minutes=31)


def _cookie(browser: Browser, app: Flask) -> dict[str, object]:
    kept = browser.client.get_cookie("__Host-donut", domain="anket.example.edu.tr")
    assert kept is not None
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined] # of the default interface
    held: dict[str, object] = serializer.loads(kept.value)
    return held


def test_sign_in_opens_the_overview(browser: Browser, staff: Staff) -> None:
    before = browser.get("/")
    answer = browser.sign_in(EMAIL.upper())

    assert (before.status_code, before.headers["Location"]) == (302, "/login")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert staff.email in browser.get("/").get_data(as_text=True)


def test_sign_in_leads_to_the_page_that_was_asked_for(browser: Browser, staff: Staff) -> None:
    asked = browser.get("/staff/logins?a=1")

    browser.get(asked.headers["Location"])
    answer = browser.post(asked.headers["Location"], {"email": staff.email, "password": PASSWORD})

    assert answer.headers["Location"] == "/staff/logins?a=1"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "/a\nb",
        "javascript:1",
    ],
)
def test_sign_in_leads_nowhere_else(browser: Browser, staff: Staff, target: str) -> None:
    browser.get("/login")

    form = {"email": staff.email, "password": PASSWORD}
    answer = browser.post("/login", form, query_string={"next": target})

    assert answer.headers["Location"] == "/"


def test_wrong_sign_ins_get_one_answer(browser: Browser, staff: Staff, session: Session) -> None:
    wrong_password = browser.sign_in(password="something else entirely")
    unknown = browser.sign_in("nobody@example.edu.tr")
    session.get_one(Staff, staff.id).disabled_at = staff.created_at
    session.commit()
    disabled = browser.sign_in()

    pages = [
        page.get_data(as_text=True).replace("nobody@example.edu.tr", EMAIL)
        for page in (wrong_password, unknown, disabled)
    ]
    without_token = [page.split('name="csrf_token"')[0] for page in pages]
    assert {page.status_code for page in (wrong_password, unknown, disabled)} == {401}
    assert without_token[0] == without_token[1] == without_token[2]
    assert "Adres ya da parola yanlış." in pages[0]


def test_sign_in_without_a_password_set_is_wrong(
    browser: Browser, staff: Staff, session: Session
) -> None:
    session.get_one(Staff, staff.id).password_hash = None
    session.commit()

    assert browser.sign_in(password="").status_code == 401


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.edu.tr"])
def test_sixth_wrong_sign_in_is_not_looked_at(browser: Browser, staff: Staff, email: str) -> None:
    tries = [browser.sign_in(email, "wrong wrong wrong").status_code for _ in range(5)]

    sixth = browser.sign_in(email, PASSWORD)
    elsewhere = browser.sign_in(staff.email, environ_base={"REMOTE_ADDR": "203.0.113.9"})

    assert tries == [401] * 5
    assert sixth.status_code == 429
    assert "Beş dakika" in sixth.get_data(as_text=True)
    assert elsewhere.status_code == 302


def test_right_sign_in_forgets_the_wrong_ones(browser: Browser, staff: Staff) -> None:
    answers = []
    for _ in range(3):
        for _ in range(4):
            browser.sign_in(password="wrong wrong wrong")
        answers.append(browser.sign_in(staff.email).status_code)
        browser.get("/")
        browser.post("/logout")

    assert answers == [302, 302, 302]


def test_cookie_holds_the_id_of_one_sign_in_and_nothing_of_the_person(
    signed_in: Browser, app: Flask, session: Session
) -> None:
    signed_in.client.get("/staff/logins", base_url=BASE_URL)

    held = _cookie(signed_in, app)

    [row] = reload(session, StaffLogin)
    login_id = str(held.pop("_user_id"))
    assert row.id_hash == hash_secret(login_id)
    assert len(login_id) >= 43
    assert set(held) <= {"csrf_token", "_permanent"}


def test_cookie_is_kept_from_scripts_other_sites_and_plain_http(
    browser: Browser, staff: Staff
) -> None:
    answer = browser.sign_in(staff.email)

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-donut=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie


def test_sign_in_gets_a_new_cookie(browser: Browser, app: Flask, staff: Staff) -> None:
    browser.get("/login")
    before = _cookie(browser, app)

    browser.sign_in(staff.email)

    assert before["csrf_token"] not in _cookie(browser, app).values()


def test_sign_out_ends_the_sign_in_on_the_server(
    signed_in: Browser, other_browser: Browser, session: Session
) -> None:
    stolen = signed_in.client.get_cookie("__Host-donut", domain="anket.example.edu.tr")
    assert stolen is not None
    signed_in.get("/")

    answer = signed_in.post("/logout")

    other_browser.client.set_cookie(
        "__Host-donut", stolen.value, domain="anket.example.edu.tr", secure=True
    )
    assert answer.headers["Location"] == "/login"
    assert not reload(session, StaffLogin)
    assert not other_browser.is_signed_in()


def test_sign_in_ends_after_twelve_hours(signed_in: Browser, clock: SettableClock) -> None:
    clock.advance(timedelta(hours=11, minutes=59))
    before = signed_in.is_signed_in()
    clock.advance(timedelta(minutes=1))

    assert before
    assert not signed_in.is_signed_in()


def test_sign_in_ends_when_idle_for_half_an_hour(signed_in: Browser, app: Flask) -> None:
    class PastSigner(TimestampSigner):
        def get_timestamp(self) -> int:
            return super().get_timestamp() - int(IDLE.total_seconds())

    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined] # of the default interface
    serializer.signer = PastSigner
    old = serializer.dumps(_cookie(signed_in, app))
    signed_in.client.set_cookie("__Host-donut", old, domain="anket.example.edu.tr", secure=True)

    assert not signed_in.is_signed_in()


def test_each_request_renews_the_idle_time(signed_in: Browser) -> None:
    answer = signed_in.get("/staff/logins")

    assert "__Host-donut=" in answer.headers["Set-Cookie"]
    assert "Expires=" in answer.headers["Set-Cookie"]


def test_disabled_person_is_out_at_once(signed_in: Browser, staff: Staff, session: Session) -> None:
    session.get_one(Staff, staff.id).disabled_at = staff.created_at
    session.commit()

    assert not signed_in.is_signed_in()


def test_password_is_hashed_anew_when_the_parameters_rose(
    browser: Browser, staff: Staff, session: Session
) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    session.get_one(Staff, staff.id).password_hash = weak
    session.commit()

    browser.sign_in(staff.email)

    [person] = reload(session, Staff)
    assert "m=19456,t=2,p=1" in person.password_hash
    assert is_right(PASSWORD, kept=person.password_hash)


def test_signing_in_and_out_is_audited(signed_in: Browser, staff: Staff, session: Session) -> None:
    signed_in.get("/")
    signed_in.post("/logout")

    entries = reload(session, AuditEntry)

    assert [(e.actor, e.action) for e in entries] == [
        (f"staff:{staff.id}", "staff.sign_in"),
        (f"staff:{staff.id}", "staff.sign_out"),
    ]
