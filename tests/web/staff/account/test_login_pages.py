"""One's own sign-ins and language: seen, ended, changed, and nobody else's."""

import pytest
from sqlalchemy.orm import Session

from models import LoginMethod, Role, Staff, StaffLogin
from surveys.accounts.logins import begin_login
from surveys.accounts.people import add_staff
from tests.conftest import NOW
from tests.web.staff.conftest import Browser, reload


def test_sign_ins_list_each_browser(signed_in: Browser, other_browser: Browser) -> None:
    other_browser.sign_in(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/149.0"})

    page = signed_in.get("/staff/logins").get_data(as_text=True)

    assert page.count("23 Kasım 2026 12:00, parola ile") == 2
    assert "<strong>Firefox, Windows</strong>" in page
    assert page.count("bu tarayıcı") == 1


def test_ended_sign_in_is_dead_at_once(
    signed_in: Browser, other_browser: Browser, session: Session
) -> None:
    other_browser.sign_in()
    newest = max(row.id for row in reload(session, StaffLogin))
    signed_in.get("/staff/logins")

    answer = signed_in.post(f"/staff/logins/{newest}/end")

    assert answer.status_code == 302
    assert not other_browser.is_signed_in()
    assert signed_in.is_signed_in()


def test_all_others_end_together(signed_in: Browser, other_browser: Browser) -> None:
    other_browser.sign_in()
    signed_in.get("/staff/logins")

    signed_in.post("/staff/logins/end-others")

    assert not other_browser.is_signed_in()
    assert signed_in.is_signed_in()


def test_nobody_ends_somebody_elses_sign_in(signed_in: Browser, session: Session) -> None:
    other = add_staff(
        session, email="baska@example.edu.tr", role=Role.ADMIN, language="tr", now=NOW
    )
    theirs = begin_login(session, staff=other, method=LoginMethod.LINK, browser="", now=NOW)
    session.commit()
    signed_in.get("/staff/logins")

    signed_in.post(f"/staff/logins/{theirs.row_id}/end")
    signed_in.post("/staff/logins/end-others")

    assert theirs.row_id in {row.id for row in reload(session, StaffLogin)}


def test_language_is_kept_with_the_person(
    signed_in: Browser, session: Session, staff: Staff
) -> None:
    signed_in.get("/staff/logins")

    answer = signed_in.post("/staff/language", {"language": "en", "next": "/staff/logins"})

    page = signed_in.get("/staff/logins").get_data(as_text=True)
    assert answer.headers["Location"] == "/staff/logins"
    assert '<html lang="en">' in page
    assert "My sign-ins" in page
    assert [person.language for person in reload(session, Staff)] == ["en"]
    assert staff.language == "en"


@pytest.mark.parametrize("language", ["de", ""])
def test_unknown_language_changes_nothing(
    signed_in: Browser, session: Session, language: str
) -> None:
    signed_in.get("/staff/logins")

    signed_in.post("/staff/language", {"language": language})

    assert [person.language for person in reload(session, Staff)] == ["tr"]


@pytest.mark.parametrize(
    "path", ["/logout", "/staff/logins/1/end", "/staff/logins/end-others", "/staff/language"]
)
def test_form_without_the_token_is_refused(signed_in: Browser, session: Session, path: str) -> None:
    answer = signed_in.post(path, {"csrf_token": "", "language": "en"})

    assert answer.status_code == 400
    assert len(reload(session, StaffLogin)) == 1


@pytest.mark.parametrize("path", ["/logout", "/staff/logins/1/end", "/staff/language"])
def test_form_of_nobody_is_refused(browser: Browser, path: str) -> None:
    assert browser.post(path).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_form_of_another_site_is_refused(signed_in: Browser, headers: dict[str, str]) -> None:
    signed_in.get("/")

    assert signed_in.post("/logout", headers=headers).status_code == 403
