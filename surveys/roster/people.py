"""Checked rows against the people that stand in the database: who is new, changed, the same.

Compares and writes a batch at a time with plain statements; no object is loaded, so memory does
not grow with the roster.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, Table, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from models import Alumnus, EmailFault
from surveys.roster.checking import CheckedRow, Values
from surveys.roster.fields import Field
from surveys.roster.names import index_person

ROSTER_LOCK = 0x646F6E7574
People = Mapping[str, RowMapping]
PEOPLE: Table = Alumnus.__table__  # type: ignore[assignment] # declared as FromClause, is a Table
# A person of whom a file says nothing: every column that a file can fill, so that all rows of a
# batch fit one statement.
NOBODY: Values = {
    **dict.fromkeys((field.value for field in Field), None),
    Field.GIVEN_NAME.value: "",
    Field.FAMILY_NAME.value: "",
    "email_fault": EmailFault.MISSING.value,
    "attributes": {},
}
INDEXED = ("search_text", "sort_key")


@dataclass
class Changes:
    """What a batch would do: rows to insert, rows to update, how many stay as they are."""

    inserts: list[Values]
    updates: list[Values]
    unchanged_count: int = 0
    unmailable_count: int = 0


def lock_roster(session: Session) -> None:
    """Let one import at a time through; on SQLite the write transaction does that already."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(ROSTER_LOCK)))


def find_people(session: Session, *, keys: Iterable[str], is_demo: bool) -> People:
    """Return the people with these external ids, by external id."""
    rows = session.execute(
        select(PEOPLE).where(PEOPLE.c.is_demo == is_demo, PEOPLE.c.external_id.in_(list(keys)))
    )
    return {row["external_id"]: row for row in rows.mappings()}


def find_by_address(
    session: Session, *, addresses: Iterable[str], is_demo: bool
) -> list[tuple[str, str]]:
    """Return (email, external id) of the people who have one of these addresses."""
    # The world is looked at here: SQLite would take its index for the addresses' and read all.
    rows = session.execute(
        select(PEOPLE.c.email, PEOPLE.c.external_id, PEOPLE.c.is_demo).where(
            PEOPLE.c.email.in_(list(addresses))
        )
    )
    return [(row.email, row.external_id) for row in rows if row.is_demo == is_demo]


def compare(
    rows: Iterable[CheckedRow],
    people: People,
    *,
    now: datetime,
    is_demo: bool,
) -> Changes:
    """Return what the rows, each of another key, would change. Columns they lack stay as is."""
    changes = Changes([], [])
    for row in rows:
        person = people.get(row.key)
        values = _wanted(row, person)
        has_address = values.get("email", person and person["email"]) is not None
        changes.unmailable_count += not has_address
        if person is None:
            born = {**NOBODY, **values, **_born(now, is_demo=is_demo)}
            changes.inserts.append({**born, **_indexed(born)})
        elif all(person[name] == value for name, value in values.items()):
            changes.unchanged_count += 1
        else:
            after = {**{name: person[name] for name in NOBODY}, **values, "updated_at": now}
            changes.updates.append({**after, **_indexed(after), "person_id": person["id"]})
    return changes


def write(session: Session, changes: Changes) -> None:
    """Bring the changes into the running transaction."""
    if changes.inserts:
        session.execute(insert(PEOPLE), changes.inserts)
    if changes.updates:
        session.execute(
            update(PEOPLE)
            .where(PEOPLE.c.id == bindparam("person_id"))
            .values({name: bindparam(name) for name in (*NOBODY, *INDEXED, "updated_at")}),
            changes.updates,
        )


def _wanted(row: CheckedRow, person: RowMapping | None) -> Values:
    values = _without_bad_address(row.values) if person and person["email"] else row.values
    if not row.attributes:
        return values
    before = person["attributes"] if person else {}
    attributes = {**before, **row.attributes}
    filled = {name: text for name, text in attributes.items() if text != ""}
    return {**values, "attributes": filled}


def _without_bad_address(values: Values) -> Values:
    """A slip in a later file takes nobody's good address away; an emptied cell does."""
    if values.get("email_fault") != EmailFault.MALFORMED:
        return values
    return {name: value for name, value in values.items() if name not in ("email", "email_fault")}


def _indexed(values: Values) -> Values:
    return index_person(
        given_name=values[Field.GIVEN_NAME],
        family_name=values[Field.FAMILY_NAME],
        external_id=values[Field.EXTERNAL_ID],
    )


def _born(now: datetime, *, is_demo: bool) -> Values:
    return {"is_demo": is_demo, "registered_at": now, "updated_at": now}
