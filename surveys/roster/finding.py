"""One person of the roster, by the alumni system's key."""

from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Alumnus
from surveys.errors import N_, DonutError


class PersonUnknown(DonutError):
    """Nobody in the roster has this key."""

    code: ClassVar[str] = "person_unknown"
    status: ClassVar[int] = 404
    message: ClassVar[str] = N_(
        "Nobody in the roster has the key “%(external_id)s”. Check it against the alumni system."
    )


def get_person(session: Session, *, external_id: str, is_demo: bool) -> Alumnus:
    """Return a person among the real (or demo) ones. Raises PersonUnknown, also when erased."""
    person = session.scalars(
        select(Alumnus).where(
            Alumnus.is_demo == is_demo,
            Alumnus.external_id == external_id,
            Alumnus.erased_at.is_(None),
        )
    ).one_or_none()
    if person is None:
        raise PersonUnknown(external_id=external_id)
    return person
