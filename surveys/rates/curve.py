"""Answers over time: how many had come by the end of each local day, and when mails went out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from itertools import accumulate

from sqlalchemy import BigInteger, ColumnElement, Subquery, cast, exists, extract, func, or_, select
from sqlalchemy.orm import Session

from models import Invitation, Mailing, MailingKind, MailingState, Message, MessageState
from surveys.rates.dispositions import is_complete

# Every zone's offset from UTC is a multiple of this, so no slice lies on two local days.
SLICE_S = 900
MICROSECONDS = 1_000_000

Slice = tuple[datetime, int]


@dataclass(frozen=True)
class Point:
    """How many had answered by the end of a local day."""

    on: date
    count: int


@dataclass(frozen=True)
class Mark:
    """A mailing on its local day. `number` counts the reminders of its survey from 1."""

    on: date
    kind: MailingKind
    number: int
    is_planned: bool


def list_slices(session: Session, *, instants: Subquery) -> list[Slice]:
    """Return (begin of a slice of 15 minutes, how many) of the column `at` of `instants`, in order.

    The database counts; empty slices are left out.
    """
    slice_number = _slice_of(instants.c.at).label("slice_number")
    rows = session.execute(
        select(slice_number, func.count()).group_by(slice_number).order_by(slice_number)
    )
    return [(datetime.fromtimestamp(number * SLICE_S, UTC), count) for number, count in rows]


def cumulate(slices: Sequence[Slice], *, zone: tzinfo) -> list[Point]:
    """Return a point for each local day on which somebody answered."""
    by_day: dict[date, int] = {}
    for at, count in slices:
        on = at.astimezone(zone).date()
        by_day[on] = by_day.get(on, 0) + count
    return [Point(*pair) for pair in zip(by_day, accumulate(by_day.values()), strict=True)]


def instants_of(survey_id: int) -> Subquery:
    """Return when (`at`) each complete case (1.1) of one survey was submitted."""
    return (
        select(Invitation.responded_at.label("at"))
        .join(Invitation.survey_version)
        .where(
            Invitation.survey_id == survey_id,
            is_complete(),
        )
        .subquery()
    )


def list_marks(session: Session, *, survey_ids: Collection[int], zone: tzinfo) -> list[Mark]:
    """Return the invitations and reminders that went out or are planned, in order of time.

    One that staff stopped midway went out to some people, so it stands among them; one that was
    stopped before keeps its number, so that the others are called as in the plan.
    """
    is_sent = exists().where(Message.mailing_id == Mailing.id, Message.state == MessageState.SENT)
    is_marked = or_(Mailing.state.in_([MailingState.PLANNED, MailingState.ENQUEUED]), is_sent)
    rows = session.execute(
        select(Mailing.survey_id, Mailing.kind, Mailing.due_at, Mailing.state, is_marked)
        .where(
            Mailing.survey_id.in_(survey_ids),
            Mailing.kind.in_([MailingKind.INVITATION, MailingKind.REMINDER]),
        )
        .order_by(Mailing.due_at, Mailing.id)
    ).all()
    seen: dict[tuple[int, str], int] = {}
    marks: list[Mark] = []
    for survey_id, kind, due_at, state, is_shown in rows:
        number = seen[survey_id, kind] = seen.get((survey_id, kind), 0) + 1
        if not is_shown:
            continue
        is_planned = state == MailingState.PLANNED
        marks.append(Mark(due_at.astimezone(zone).date(), MailingKind(kind), number, is_planned))
    return marks


def _slice_of(instant: ColumnElement[datetime]) -> ColumnElement[int]:
    """Whole slices since 1970; in microseconds first, as a cast would round up a fraction."""
    return cast(extract("epoch", instant) * MICROSECONDS, BigInteger) // (SLICE_S * MICROSECONDS)
