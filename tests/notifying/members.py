"""Members of staff and their queued mails, for the tests of the room and of its job."""

from typing import Any

from sqlalchemy.orm import Session

from models import Role, Staff, StaffLinkPurpose, StaffMail, StaffMailKind
from surveys.accounts.people import add_staff
from surveys.notifying.link_letter import LinkOccasion, link_params
from surveys.notifying.queueing import queue_mail
from tests.conftest import NOW

EMAIL = "zeynep@example.edu.tr"


def make_staff(session: Session, *, email: str = EMAIL, **over: Any) -> Staff:
    person = add_staff(session, email=email, role=Role.EDITOR, language="tr", now=NOW)
    person.name = "Zeynep Kaya"
    for column, value in over.items():
        setattr(person, column, value)
    session.flush()
    return person


def queue_link(
    session: Session,
    person: Staff,
    *,
    key: str = "first",
    occasion: LinkOccasion = LinkOccasion.INVITED,
    by_id: int | None = None,
) -> StaffMail | None:
    params = link_params(purpose=StaffLinkPurpose.SET_PASSWORD, occasion=occasion, by_id=by_id)
    return queue_mail(
        session, staff_id=person.id, kind=StaffMailKind.LINK, key=key, params=params, now=NOW
    )
