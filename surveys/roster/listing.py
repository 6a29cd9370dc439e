"""Finding people in the roster: by name, number or address, by cohort, by whether mail may go.

In Turkish order and page by page behind the last person shown, so that the thousandth page costs
what the first does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session

from models import Alumnus, Suppression
from surveys.i18n import fold, tr_key

PAGE_SIZE = 50
MOST_WORDS = 5


class Standing(StrEnum):
    """Where a person stands: the first that applies.

    STOPPED counts those who said so themselves or of whom staff did; whoever shares their mailbox
    is seen on the person's own page.
    """

    NOT_ELIGIBLE = "not_eligible"
    STOPPED = "stopped"
    NO_ADDRESS = "no_address"
    MAILABLE = "mailable"


@dataclass(frozen=True)
class Wanted:
    """What is asked for; an empty value asks for everybody."""

    search: str = ""
    unit: str = ""
    programme: str = ""
    year: int | None = None
    standing: Standing | None = None


@dataclass(frozen=True)
class Entry:
    """One line of the list."""

    person: Alumnus
    standing: Standing


@dataclass(frozen=True)
class Listed:
    """One page of people; `next_after` is the id behind which the next one begins, if any."""

    entries: Sequence[Entry]
    next_after: int | None


@dataclass(frozen=True)
class Choices:
    """The cohorts that the roster has, each in order, the newest year first."""

    units: Sequence[str]
    programmes: Sequence[str]
    years: Sequence[int]


def list_people(
    session: Session, *, wanted: Wanted, is_demo: bool, after: int | None = None
) -> Listed:
    """Return the people wanted behind the person with the id `after`, at most PAGE_SIZE."""
    query = _select(wanted, is_demo=is_demo).order_by(Alumnus.sort_key, Alumnus.id)
    if after is not None:
        last = session.execute(select(Alumnus.sort_key, Alumnus.id).where(Alumnus.id == after))
        here = last.one_or_none()
        if here is not None:
            query = query.where(tuple_(Alumnus.sort_key, Alumnus.id) > tuple_(*here))
    people = session.scalars(query.limit(PAGE_SIZE + 1)).all()
    shown = people[:PAGE_SIZE]
    stopped = _find_stopped(session, [person.id for person in shown])
    entries = [Entry(person, _standing_of(person, stopped)) for person in shown]
    return Listed(entries, shown[-1].id if len(people) > PAGE_SIZE else None)


def count_people(session: Session, *, wanted: Wanted, is_demo: bool) -> int:
    """Return how many people are wanted."""
    query = _select(wanted, is_demo=is_demo).with_only_columns(func.count())
    return session.scalar(query) or 0


def list_choices(session: Session, *, is_demo: bool) -> Choices:
    """Return what the list can be narrowed down to."""
    columns = Alumnus.unit, Alumnus.programme, Alumnus.graduation_year
    rows = session.execute(select(*columns).distinct().where(Alumnus.is_demo.is_(is_demo))).all()
    return Choices(
        units=sorted({row.unit for row in rows if row.unit}, key=tr_key),
        programmes=sorted({row.programme for row in rows if row.programme}, key=tr_key),
        years=sorted({r.graduation_year for r in rows if r.graduation_year}, reverse=True),
    )


def _select(wanted: Wanted, *, is_demo: bool) -> Select[Any]:
    return select(Alumnus).where(
        Alumnus.is_demo.is_(is_demo), Alumnus.erased_at.is_(None), *_conditions(wanted)
    )


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = _matches(wanted.search)
    if wanted.unit:
        conditions.append(Alumnus.unit == wanted.unit)
    if wanted.programme:
        conditions.append(Alumnus.programme == wanted.programme)
    if wanted.year is not None:
        conditions.append(Alumnus.graduation_year == wanted.year)
    if wanted.standing is not None:
        conditions += _stands(wanted.standing)
    return conditions


def _matches(search: str) -> list[ColumnElement[bool]]:
    """Every word in the names or the number; an address is compared whole."""
    if "@" in search:
        return [Alumnus.email == search.strip().replace("İ", "i").lower()]
    words = fold(search).split()[:MOST_WORDS]
    return [Alumnus.search_text.contains(word, autoescape=True) for word in words]


def _stands(standing: Standing) -> list[ColumnElement[bool]]:
    is_eligible = Alumnus.ineligible_at.is_(None)
    is_stopped = Alumnus.id.in_(
        select(Suppression.alumnus_id).where(
            Suppression.alumnus_id.is_not(None), Suppression.lifted_at.is_(None)
        )
    )
    conditions: dict[Standing, list[ColumnElement[bool]]] = {
        Standing.NOT_ELIGIBLE: [Alumnus.ineligible_at.is_not(None)],
        Standing.STOPPED: [is_eligible, is_stopped],
        Standing.NO_ADDRESS: [is_eligible, ~is_stopped, Alumnus.email_fault.is_not(None)],
        Standing.MAILABLE: [is_eligible, ~is_stopped, Alumnus.email_fault.is_(None)],
    }
    return conditions[standing]


def _find_stopped(session: Session, ids: Sequence[int]) -> set[int | None]:
    rows = session.scalars(
        select(Suppression.alumnus_id).where(
            Suppression.alumnus_id.in_(ids), Suppression.lifted_at.is_(None)
        )
    )
    return set(rows)


def _standing_of(person: Alumnus, stopped: set[int | None]) -> Standing:
    if person.ineligible_at is not None:
        return Standing.NOT_ELIGIBLE
    if person.id in stopped:
        return Standing.STOPPED
    return Standing.NO_ADDRESS if person.email is None else Standing.MAILABLE
