"""Whom the office may still call: invited, not finished, and nobody said to leave them alone.

Enters: a survey. Leaves: its unfinished people by unit and name, with what a call needs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from models import Alumnus, Invitation, MailState, Survey
from surveys.delivery.suppressed import PEOPLE_A_QUERY, find_suppressed
from surveys.errors import N_
from surveys.exporting.source import require_named
from surveys.i18n import translate
from surveys.tokens import Keys

HEADINGS = (
    N_("Key"),
    N_("Given name"),
    N_("Family name"),
    N_("Unit"),
    N_("Programme"),
    N_("Graduation year"),
    N_("Telephone"),
    N_("Where they are"),
    N_("What the call brought"),
)
STARTED, MAILED, NOT_MAILED = (
    N_("began, did not finish"),
    N_("has the mail, did not begin"),
    N_("no mail arrived so far"),
)
TURKEY = "+90"


@dataclass(frozen=True)
class Person:
    """One person to call. `phone` is empty where none is known; `standing` an English sentence."""

    external_id: str
    given_name: str
    family_name: str
    unit: str
    programme: str
    graduation_year: int | None
    phone: str
    standing: str


def list_people(session: Session, *, survey: Survey, keys: Keys) -> list[Person]:
    """Return whom to call, those with a telephone number first.

    Leaves out who wants no mail: they said no to us, not to a channel. Raises NothingAsked and
    RowsNotGivenOut: of an anonymous survey nobody may know who answered.
    """
    require_named(survey)
    people = [_person(row) for row in _list_rows(session, survey.id, keys)]
    return sorted(people, key=lambda person: not person.phone)


def list_lines(people: list[Person], language: str) -> Iterator[tuple[str | int | None, ...]]:
    """Yield the cells of each person below HEADINGS; the last is left for staff to fill."""
    for person in people:
        yield (
            person.external_id,
            person.given_name,
            person.family_name,
            person.unit,
            person.programme,
            person.graduation_year,
            person.phone,
            translate(language, person.standing),
            None,
        )


def _list_rows(session: Session, survey_id: int, keys: Keys) -> Iterator[Row[Invitation, Alumnus]]:
    rows = session.execute(_select(survey_id)).all()
    for start in range(0, len(rows), PEOPLE_A_QUERY):
        chunk = rows[start : start + PEOPLE_A_QUERY]
        people = [(alumnus.id, alumnus.email) for _, alumnus in chunk]
        silent = find_suppressed(session, people=people, keys=keys)
        yield from (row for row in chunk if row[1].id not in silent)


def _select(survey_id: int) -> Select[Invitation, Alumnus]:
    return (
        select(Invitation, Alumnus)
        .join(Invitation.alumnus)
        .where(
            Invitation.survey_id == survey_id,
            Invitation.responded_at.is_(None),
            Invitation.declined_at.is_(None),
            Invitation.manual_code.is_(None),
            Alumnus.erased_at.is_(None),
            Alumnus.ineligible_at.is_(None),
        )
        .order_by(Alumnus.unit, Alumnus.sort_key, Alumnus.id)
    )


def _person(row: Row[Invitation, Alumnus]) -> Person:
    invitation, alumnus = row
    return Person(
        external_id=alumnus.external_id,
        given_name=alumnus.given_name,
        family_name=alumnus.family_name,
        unit=alumnus.unit or "",
        programme=alumnus.programme or "",
        graduation_year=alumnus.graduation_year,
        phone=_national(alumnus.phone or ""),
        standing=_standing(invitation),
    )


def _national(phone: str) -> str:
    """Return a Turkish number as it is dialled here: 0…, not +90…."""
    return f"0{phone.removeprefix(TURKEY).lstrip()}" if phone.startswith(TURKEY) else phone


def _standing(invitation: Invitation) -> str:
    if invitation.started_at is not None:
        return STARTED
    return MAILED if invitation.mail_state == MailState.SENT else NOT_MAILED
