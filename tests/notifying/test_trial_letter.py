"""The test of a mailing: what a person would get, for a member of staff, without any effect."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from models import Alumnus, Role, Staff, StaffMail, Survey
from surveys.accounts.people import add_staff
from surveys.delivery.house import read_house
from surveys.delivery.placeholders import PlaceholderEmpty
from surveys.inviting.launch import launch
from surveys.inviting.stored_plan import list_mailings
from surveys.notifying.letters import Context
from surveys.notifying.trial_letter import list_tests, queue_test, write_test_letter
from surveys.settings import Settings
from tests.conftest import NOW
from tests.factories import make_alumnus
from tests.inviting.drafts import INVITATION, KEYS, make_draft


@pytest.fixture
def context(settings: Settings) -> Context:
    house = read_house(settings)
    return Context(house=house, keys=KEYS, zone=ZoneInfo("Europe/Istanbul"), now=NOW)


@pytest.fixture
def staff(session: Session) -> Staff:
    email = "a@example.edu.tr"
    return add_staff(session, email=email, role=Role.EDITOR, language="en", now=NOW)


@pytest.fixture
def person(session: Session) -> Alumnus:
    return make_alumnus(session, given_name="Işıl")


def draft(session: Session, subject: str = "{ad}, anket") -> Survey:
    return make_draft(session, mailings=[{**INVITATION, "subject": {"tr": subject}}])


def queue(session: Session, staff: Staff, survey: Survey, **params: object) -> StaffMail:
    known = {"language": "tr", "person_id": None, **params}
    mail = queue_test(session, staff_id=staff.id, survey=survey, params=known, now=NOW)
    assert mail is not None
    return mail


def test_test_is_the_real_mail_of_the_person_with_a_mark(
    session: Session, context: Context, staff: Staff, person: Alumnus
) -> None:
    survey = draft(session)
    mail = queue(session, staff, survey, index=0, person_id=person.id)

    letter = write_test_letter(session, mail, context)

    assert letter is not None
    assert letter.subject == "[Deneme] Işıl, anket"
    assert "Sayın Işıl Yılmaz" in letter.text
    assert f"/surveys/{survey.code}/preview" in letter.html


def test_test_holds_no_link_of_anybody(
    session: Session, context: Context, staff: Staff, person: Alumnus
) -> None:
    mail = queue(session, staff, draft(session), index=0, person_id=person.id)

    letter = write_test_letter(session, mail, context)

    assert letter is not None
    assert not [way for way in ("/s/", "/u/", "/v/") if way in letter.text + letter.html]


def test_test_of_a_launched_survey_is_of_the_stored_mailing(
    session: Session, context: Context, staff: Staff, person: Alumnus
) -> None:
    survey = draft(session)
    launch(session, survey=survey, keys=KEYS, now=NOW, due_now=False)
    mailing = list_mailings(session, survey=survey)[0]
    mailing.subject = {"tr": "Düzeltildi, {ad}"}
    mail = queue(session, staff, survey, mailing_id=mailing.id, person_id=person.id)

    letter = write_test_letter(session, mail, context)

    assert letter is not None
    assert letter.subject == "[Deneme] Düzeltildi, Işıl"


def test_mailing_that_is_gone_needs_no_test(
    session: Session, context: Context, staff: Staff
) -> None:
    mail = queue(session, staff, draft(session), index=7)

    assert write_test_letter(session, mail, context) is None


def test_empty_placeholder_fails_the_test_too(
    session: Session, context: Context, staff: Staff
) -> None:
    nameless = make_alumnus(session, given_name="")
    mail = queue(session, staff, draft(session), index=0, person_id=nameless.id)

    with pytest.raises(PlaceholderEmpty):
        write_test_letter(session, mail, context)


def test_tests_are_listed_by_survey(session: Session, staff: Staff) -> None:
    survey, other = draft(session), draft(session)
    mail = queue(session, staff, survey, index=0)
    queue(session, staff, other, index=0)

    assert list_tests(session, survey=survey) == [mail]
