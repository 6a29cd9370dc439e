"""One-time links: a GET changes nothing, a POST works once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from models import Staff, StaffLink, StaffLinkPurpose, StaffLogin
from surveys.accounts.links import StaffLinkUnusable, use_link
from surveys.extensions import transaction
from tests.conftest import NOW, SettableClock
from tests.web.staff.conftest import EMAIL, PASSWORD, Browser, make_link_path, reload

NEW = "dört yeşil bavul ağlıyor"
SET = StaffLinkPurpose.SET_PASSWORD
SIGN_IN = StaffLinkPurpose.SIGN_IN


def test_link_sets_the_password_and_signs_in(
    browser: Browser, other_browser: Browser, staff: Staff, session: Session
) -> None:
    path = make_link_path(session, staff, SET)
    browser.get(path)

    answer = browser.post(path, {"password": NEW, "repeated": NEW})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert browser.is_signed_in()
    assert other_browser.sign_in(EMAIL, PASSWORD).status_code == 401
    assert other_browser.sign_in(EMAIL, NEW).status_code == 302


@pytest.mark.parametrize("purpose", [SET, SIGN_IN])
def test_link_is_untouched_by_whoever_only_opens_it(
    browser: Browser, staff: Staff, session: Session, purpose: StaffLinkPurpose
) -> None:
    path = make_link_path(session, staff, purpose)

    pages = [browser.get(path).status_code, browser.client.head(path).status_code]

    assert pages == [200, 200]
    assert [link.used_at for link in reload(session, StaffLink)] == [None]
    assert not reload(session, StaffLogin)


def test_link_signs_in_by_its_button_once(
    browser: Browser, other_browser: Browser, staff: Staff, session: Session
) -> None:
    path = make_link_path(session, staff, SIGN_IN)
    for each in (browser, other_browser):
        each.get(path)

    first, second = browser.post(path), other_browser.post(path)

    assert (first.status_code, second.status_code) == (302, 404)
    assert browser.is_signed_in()
    assert not other_browser.is_signed_in()


def test_new_password_ends_all_other_sign_ins(
    signed_in: Browser, other_browser: Browser, staff: Staff, session: Session
) -> None:
    path = make_link_path(session, staff, SET)
    other_browser.get(path)

    other_browser.post(path, {"password": NEW, "repeated": NEW})

    assert not signed_in.is_signed_in()
    assert other_browser.is_signed_in()


@pytest.mark.parametrize(
    ("password", "repeated", "words"),
    [
        ("kısa", "kısa", "En az 15 karakter kullanın"),
        (NEW, NEW + "!", "İki parola birbirinin aynı değil"),
        ("qwertyuiopasdfgh", "qwertyuiopasdfgh", "kolay tahmin edilir"),
    ],
)
def test_refused_password_leaves_the_link_usable(
    browser: Browser, staff: Staff, session: Session, password: str, repeated: str, words: str
) -> None:
    path = make_link_path(session, staff, SET)
    browser.get(path)

    answer = browser.post(path, {"password": password, "repeated": repeated})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert page.count(words) == 2
    assert "<title>Hata: " in page
    assert password not in page
    assert browser.post(path, {"password": NEW, "repeated": NEW}).status_code == 302


def test_link_ends_after_a_day(
    browser: Browser, staff: Staff, session: Session, clock: SettableClock
) -> None:
    path = make_link_path(session, staff, SIGN_IN)
    clock.advance(timedelta(hours=24))

    assert browser.get(path).status_code == 404


def test_link_of_a_disabled_person_opens_nothing(
    browser: Browser, staff: Staff, session: Session
) -> None:
    path = make_link_path(session, staff, SIGN_IN)
    session.get_one(Staff, staff.id).disabled_at = staff.created_at
    session.commit()

    answer = browser.get(path)

    assert answer.status_code == 404
    assert EMAIL not in answer.get_data(as_text=True)


def test_unknown_link_gets_the_answer_of_a_used_one(
    browser: Browser, other_browser: Browser, staff: Staff, session: Session
) -> None:
    path = make_link_path(session, staff, SIGN_IN)
    browser.get(path)
    browser.post(path)

    used, unknown = other_browser.get(path), other_browser.get("/login/link/nothing")

    assert (used.status_code, used.data) == (unknown.status_code, unknown.data)


def test_database_holds_no_secret_of_a_link(staff: Staff, session: Session) -> None:
    path = make_link_path(session, staff, SIGN_IN)

    [link] = reload(session, StaffLink)

    assert path.rpartition("/")[2] not in {link.secret_hash, *map(str, vars(link).values())}


def test_link_opens_for_one_of_many_who_use_it_at_once(
    app: Flask, staff: Staff, session: Session
) -> None:
    secret = make_link_path(session, staff, SIGN_IN).rpartition("/")[2]
    together = Barrier(4)

    def use() -> bool:
        together.wait()
        try:
            with app.app_context(), transaction() as own:
                use_link(own, secret=secret, now=NOW)
        except StaffLinkUnusable:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        uses = [pool.submit(use) for _ in range(4)]

    assert sorted(done.result() for done in uses) == [False, False, False, True]


def test_new_password_makes_other_links_worthless(
    browser: Browser, session: Session, staff: Staff
) -> None:
    other = make_link_path(session, staff, StaffLinkPurpose.SIGN_IN)
    path = make_link_path(session, staff, StaffLinkPurpose.SET_PASSWORD)
    browser.get(path)

    browser.post(path, {"password": "karlı perşembe kahvesi", "repeated": "karlı perşembe kahvesi"})

    assert browser.get(other).status_code == 404
