"""One mail a person, kind and occasion."""

from sqlalchemy.orm import Session

from models import StaffMailKind, StaffMailState
from surveys.notifying.queueing import find_mail
from tests.notifying.members import make_staff, queue_link


def test_queued_mail_waits_and_is_found(session: Session) -> None:
    person = make_staff(session)

    mail = queue_link(session, person)

    found = find_mail(session, staff_id=person.id, kind=StaffMailKind.LINK, key="first")
    assert mail is not None
    assert found is mail
    assert found.state == StaffMailState.QUEUED


def test_same_occasion_is_queued_once(session: Session) -> None:
    person = make_staff(session)
    queue_link(session, person)

    assert queue_link(session, person) is None
    assert queue_link(session, person, key="second") is not None


def test_unknown_occasion_is_not_found(session: Session) -> None:
    person = make_staff(session)

    assert find_mail(session, staff_id=person.id, kind=StaffMailKind.LINK, key="first") is None
