"""What staff see at addresses that aren't there or aren't theirs: words, and a way on."""

import pytest
from sqlalchemy.orm import Session

from models import Role, Staff
from tests.web.staff.conftest import Browser

BEYOND = "9" * 30


@pytest.mark.parametrize(
    "path", ["/nowhere", "/roster/9999", f"/roster/{BEYOND}", f"/roster/imports/{BEYOND}"]
)
def test_missing_page_leaves_signed_in_staff_their_navigation(
    signed_in: Browser, path: str
) -> None:
    page = signed_in.get(path)

    assert page.status_code == 404
    assert 'href="/surveys"' in page.text
    assert "e-postadaki bağlantıyı" not in page.text


def test_number_that_no_column_holds_is_a_bad_request(signed_in: Browser) -> None:
    assert signed_in.get(f"/roster?after={BEYOND}").status_code == 400


def test_viewer_is_told_that_the_role_is_what_forbids_it(
    signed_in: Browser, session: Session, staff: Staff
) -> None:
    staff.role = Role.VIEWER
    session.commit()

    page = signed_in.get("/surveys/new")

    assert page.status_code == 403
    assert "Rolünüz buna izin vermiyor" in page.text
    assert 'href="/surveys"' in page.text


def test_used_link_offers_the_sign_in_page(browser: Browser) -> None:
    page = browser.get("/login/link/used-up")

    assert page.status_code == 404
    assert 'href="/login"' in page.text


def test_stranger_at_a_missing_page_sees_nothing_of_staff(browser: Browser) -> None:
    page = browser.get("/nowhere")

    assert page.status_code == 404
    assert 'href="/surveys"' not in page.text
