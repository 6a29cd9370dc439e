"""One person of the roster, by the alumni system's key."""

from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Alumnus
from surveys.errors import N_, DonutError
from surveys.roster.cells import BadCell, read_key


class PersonUnknown(DonutError):
    """Nobody in the roster has this key."""

    code: ClassVar[str] = "person_unknown"
    status: ClassVar[int] = 404
    message: ClassVar[str] = N_(
        "Nobody in the roster has the key “%(external_id)s”. Check it against the alumni system."
    )


def get_person(session: Session, *, external_id: str, is_demo: bool) -> Alumnus:
    """Return a person among the real (or demo) ones. Raises PersonUnknown, also when erased.

    The key is read as an import reads it, so that whoever is taken in under 123.0 is found so.
    """
    person = session.scalars(
        select(Alumnus).where(
            Alumnus.is_demo == is_demo,
            Alumnus.external_id == _read_key(external_id),
            Alumnus.erased_at.is_(None),
        )
    ).one_or_none()
    if person is None:
        raise PersonUnknown(external_id=external_id)
    return person


def _read_key(external_id: str) -> str:
    try:
        return read_key(external_id)
    except BadCell:
        raise PersonUnknown(external_id=external_id) from None
