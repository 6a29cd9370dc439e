"""What the overview asks of admins about keys that end soon; nobody else could do anything."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import Role, Staff
from surveys.settings import Settings
from tests.api_keys.made import NAME, make
from tests.conftest import NOW
from tests.factories import make_survey
from tests.web.staff.conftest import Browser


@pytest.fixture
def as_admin(signed_in: Browser, staff: Staff, session: Session) -> Browser:
    session.get_one(Staff, staff.id).role = Role.ADMIN
    make_survey(session)
    session.commit()
    return signed_in


@pytest.mark.parametrize(("days_ago", "is_urgent"), [(340, False), (360, True)])
def test_ending_key_is_a_thing_to_do_urgent_in_its_last_week(
    as_admin: Browser, session: Session, settings: Settings, *, days_ago: int, is_urgent: bool
) -> None:
    key, _ = make(session, settings, now=NOW - timedelta(days=days_ago))
    session.commit()

    page = as_admin.get("/").text

    (todo,) = [line for line in page.splitlines() if f"/api-keys/{key.public_id}" in line]
    assert f"{NAME} anahtarının süresi" in todo
    assert ("acil" in todo) is is_urgent


def test_key_that_lasts_is_nothing_to_do(
    as_admin: Browser, session: Session, settings: Settings
) -> None:
    make(session, settings, now=NOW - timedelta(days=300))
    session.commit()

    assert "/api-keys/" not in as_admin.get("/").text


def test_editors_are_not_asked(signed_in: Browser, session: Session, settings: Settings) -> None:
    make_survey(session)
    make(session, settings, now=NOW - timedelta(days=360))
    session.commit()

    assert "/api-keys" not in signed_in.get("/").text
