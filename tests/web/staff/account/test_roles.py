"""A role opens the pages of the roles below it and none above."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from models import Role, Staff
from surveys.web.access import staff_only
from tests.web.staff.conftest import Browser


@pytest.mark.parametrize(
    ("own", "asked", "status"),
    [
        (Role.ADMIN, Role.ADMIN, 200),
        (Role.EDITOR, Role.ADMIN, 403),
        (Role.VIEWER, Role.EDITOR, 403),
        (Role.EDITOR, Role.EDITOR, 200),
        (Role.ADMIN, Role.VIEWER, 200),
    ],
)
def test_page_opens_for_its_role_and_above(
    app: Flask, session: Session, staff: Staff, own: Role, asked: Role, status: int
) -> None:
    app.add_url_rule("/for-some", view_func=staff_only(asked)(lambda: "inside"))
    session.get_one(Staff, staff.id).role = own
    session.commit()
    browser = Browser(app.test_client())
    browser.sign_in()

    assert browser.get("/for-some").status_code == status
