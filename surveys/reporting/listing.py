"""Which surveys a reader sees, with their revisions, in pages: nothing is counted for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, defer

from models import Base, Course, Revision, Survey, SurveyState
from surveys.reporting.revisions import SURVEY_PREFIX, Known
from surveys.reporting.sight import NotVisible, Sight, conditions_of, is_in_state
from surveys.reporting.wire import read_survey_name

# A change counts from its commit, and bears the time of its writing: none takes longer than this.
OVERLAP = timedelta(minutes=5)


@dataclass(frozen=True)
class Wanted:
    """Which of the surveys in sight; None asks for any. `updated_since` reaches back by OVERLAP."""

    status: SurveyState | None = None
    year: int | None = None
    indicator: str | None = None
    updated_since: datetime | None = None


@dataclass(frozen=True)
class Listed:
    """A launched survey, without its draft, and its revision."""

    survey: Survey
    known: Known


def list_newest(
    session: Session, *, sight: Sight, wanted: Wanted, after: int | None, limit: int, now: datetime
) -> list[Listed]:
    """Return up to `limit` surveys, those made last first; `after` is the last id of a page."""
    query, _changed_at = _select(sight, wanted, now)
    if after is not None:
        query = query.where(Survey.id < after)
    return _read(session, query.order_by(Survey.id.desc()).limit(limit))


def list_changed(
    session: Session,
    *,
    sight: Sight,
    wanted: Wanted,
    after: tuple[datetime, int] | None,
    limit: int,
    now: datetime,
) -> list[Listed]:
    """Return up to `limit` surveys, those that changed longest ago first.

    `after` is when the last one of a page changed, and its id. What changes while pages are read
    moves to the end: it comes twice, never not at all.
    """
    query, changed_at = _select(sight, wanted, now)
    if after is not None:
        moment, survey_id = after
        is_later = and_(changed_at == moment, Survey.id > survey_id)
        query = query.where(or_(changed_at > moment, is_later))
    return _read(session, query.order_by(changed_at, Survey.id).limit(limit))


# Asked whenever a rate is, so it is built once.
BY_NAME = (
    select(Survey, func.sum(Revision.value), func.max(Revision.changed_at))
    .options(defer(Survey.definition))
    .join(Revision, Revision.resource == literal(SURVEY_PREFIX) + cast(Survey.id, String))
    .where(Survey.public_id == bindparam("public_id"), Survey.launched_at.is_not(None))
    .group_by(Survey.id)
)


_SURVEY, _REVISION = (Base.metadata.tables[name].c for name in ("survey", "revision"))
# Asked more often still, so it is built once, and reads rows: objects cost twice as much.
OF_NAME = (
    select(
        _SURVEY.is_demo,
        _SURVEY.indicator_code,
        _SURVEY.launched_at,
        _SURVEY.opens_at,
        _SURVEY.closes_at,
        _SURVEY.paused_at,
        _SURVEY.closed_at,
        func.sum(_REVISION.value),
        func.max(_REVISION.changed_at),
    )
    .join_from(
        _SURVEY.id.table,
        _REVISION.value.table,
        _REVISION.resource == literal(SURVEY_PREFIX) + cast(_SURVEY.id, String),
    )
    .where(_SURVEY.public_id == bindparam("public_id"), _SURVEY.launched_at.is_not(None))
    .group_by(_SURVEY.id)
)


def glimpse(
    database: Session | Connection, *, name: str, sight: Sight, now: datetime
) -> tuple[Known, SurveyState]:
    """Return what the rate of the launched survey `name` depends on, and nothing else of it.

    Raises NotVisible, for drafts too.
    """
    public_id = read_survey_name(name)
    row = database.execute(OF_NAME, {"public_id": public_id}).one_or_none() if public_id else None
    if row is None:
        raise NotVisible
    is_demo, indicator_code, *instants, revision, changed_at = row
    if not sight.takes_in(is_demo=is_demo, indicator_code=indicator_code):
        raise NotVisible
    return Known(int(revision), changed_at), Course(*instants).state_at(now)


def find_listed(session: Session, *, name: str, sight: Sight) -> Listed:
    """Return the launched survey that is called `name` (`srv_…`) with its revision, in one query.

    Raises NotVisible, for drafts too.
    """
    public_id = read_survey_name(name)
    row = session.execute(BY_NAME, {"public_id": public_id}).one_or_none() if public_id else None
    if row is None or not sight.takes_in_survey(row[0]):
        raise NotVisible
    return Listed(row[0], Known(int(row[1]), row[2]))


def list_all(session: Session) -> list[Listed]:
    """Return every launched survey of both worlds."""
    known, name = _known(), literal(SURVEY_PREFIX) + cast(Survey.id, String)
    return _read(
        session,
        select(Survey, known.c.revision, known.c.changed_at)
        .options(defer(Survey.definition))
        .join(known, known.c.resource == name)
        .where(Survey.launched_at.is_not(None))
        .order_by(Survey.id),
    )


def _select(
    sight: Sight, wanted: Wanted, now: datetime
) -> tuple[Select[Any], ColumnElement[datetime]]:
    known = _known()
    name = literal(SURVEY_PREFIX) + cast(Survey.id, String)
    changed_at: ColumnElement[datetime] = known.c.changed_at
    query = (
        select(Survey, known.c.revision, changed_at)
        .options(defer(Survey.definition))
        .join(known, known.c.resource == name)
        .where(*conditions_of(sight), *_conditions(wanted, changed_at, now))
    )
    return query, changed_at


def _known() -> Subquery:
    return (
        select(
            Revision.resource,
            func.sum(Revision.value).label("revision"),
            func.max(Revision.changed_at).label("changed_at"),
        )
        .group_by(Revision.resource)
        .subquery()
    )


def _conditions(
    wanted: Wanted, changed_at: ColumnElement[datetime], now: datetime
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        conditions.append(is_in_state(wanted.status, now))
    if wanted.year is not None:
        conditions.append(Survey.year == wanted.year)
    if wanted.indicator is not None:
        conditions.append(Survey.indicator_code == wanted.indicator)
    if wanted.updated_since is not None:
        conditions.append(_has_changed(wanted.updated_since, changed_at, now))
    return conditions


def _has_changed(
    since: datetime, changed_at: ColumnElement[datetime], now: datetime
) -> ColumnElement[bool]:
    """Opening and closing by the clock change what is told without a change to any row."""
    return or_(
        changed_at >= since - OVERLAP,
        Survey.opens_at.between(since, now),
        Survey.closes_at.between(since, now),
    )


def _read(session: Session, query: Select[Any]) -> list[Listed]:
    rows: Sequence[Any] = session.execute(query).all()
    return [Listed(survey, Known(int(value), at)) for survey, value, at in rows]
