"""Whom the office may still call: invited, not finished, and nobody said to leave them alone.

Enters: a survey. Leaves: its unfinished people by unit and name, with what a call needs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Alumnus, Invitation, MailState, Suppression, Survey
from surveys.delivery.suppressed import PEOPLE_A_QUERY, find_unwilling
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


@dataclass(frozen=True)
class ToCall:
    """How many people may be called, and of how many a telephone number is known."""

    count: int
    with_phone: int


def list_people(session: Session, *, survey: Survey, keys: Keys) -> list[Person]:
    """Return whom to call, those with a telephone number first.

    Leaves out who wants no mail: they said no to us, not to a channel. Raises NothingAsked and
    RowsNotGivenOut: of an anonymous survey nobody may know who answered.
    """
    require_named(survey)
    people = [_person(row) for row in _list_rows(session, _select(survey.id, *_SHOWN), keys)]
    return sorted(people, key=lambda person: not person.phone)


def count_people(session: Session, *, survey: Survey) -> ToCall:
    """Return how many `list_people` lists at most, in one query. Raises what it raises.

    Who wants no mail is left out by person; an address that they share is looked up in the list
    alone.
    """
    require_named(survey)
    has_phone = func.count().filter(Alumnus.phone != "")
    counted = _select(survey.id).with_only_columns(func.count(), has_phone).order_by(None)
    wants_none = exists().where(
        Suppression.alumnus_id == Alumnus.id, Suppression.lifted_at.is_(None)
    )
    return ToCall(*session.execute(counted.where(~wants_none)).one())


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


HAS_NO_MAIL = frozenset({MailState.NONE, MailState.UNKNOWN, MailState.MOVED, MailState.RETURNED})
_SHOWN = (
    Alumnus.external_id,
    Alumnus.given_name,
    Alumnus.family_name,
    Alumnus.unit,
    Alumnus.programme,
    Alumnus.graduation_year,
    Alumnus.phone,
    Invitation.started_at,
    Invitation.mail_state,
)


def _list_rows(
    session: Session, query: Select[*tuple[Any, ...]], keys: Keys
) -> Iterator[Row[*tuple[Any, ...]]]:
    rows: Sequence[Row[*tuple[Any, ...]]] = session.execute(query).all()
    for start in range(0, len(rows), PEOPLE_A_QUERY):
        chunk = rows[start : start + PEOPLE_A_QUERY]
        silent = find_unwilling(session, people=[(r.id, r.email) for r in chunk], keys=keys)
        yield from (row for row in chunk if row.id not in silent)


def _select(survey_id: int, *columns: InstrumentedAttribute[Any]) -> Select[*tuple[Any, ...]]:
    return (
        select(Alumnus.id, Alumnus.email, *columns)
        .select_from(Invitation)
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


def _person(row: Row[*tuple[Any, ...]]) -> Person:
    return Person(
        external_id=row.external_id,
        given_name=row.given_name,
        family_name=row.family_name,
        unit=row.unit or "",
        programme=row.programme or "",
        graduation_year=row.graduation_year,
        phone=_national(row.phone or ""),
        standing=_standing(row),
    )


def _national(phone: str) -> str:
    """Return a Turkish number as it is dialled here: 0…, not +90…."""
    return f"0{phone.removeprefix(TURKEY).lstrip()}" if phone.startswith(TURKEY) else phone


def _standing(row: Row[*tuple[Any, ...]]) -> str:
    if row.started_at is not None:
        return STARTED
    return NOT_MAILED if row.mail_state in HAS_NO_MAIL else MAILED
