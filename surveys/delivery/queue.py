"""What could be claimed now, the longest due first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from models import (
    Base,
    DomainGroup,
    Mailing,
    MailingState,
    MessageState,
    Survey,
    UTCDateTime,
)

MESSAGE: Final = Base.metadata.tables["message"]
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Head:
    """The message of one group of receivers that has waited longest."""

    domain_group: str
    due_at: datetime
    message_id: int
    mailing_id: int


def list_resting(session: Session, *, now: datetime, waits_for_canary: bool = False) -> list[int]:
    """Return the mailings whose messages stay where they are.

    Those of a paused survey, held ones, paused ones, those that staff have put off while they went
    out, and with `waits_for_canary` those whose first mails are still watched.
    """
    is_resting = _is_resting(now)
    if waits_for_canary:
        is_enqueued = Mailing.state == MailingState.ENQUEUED
        is_resting = or_(is_resting, and_(is_enqueued, Mailing.is_canary_passed.is_(False)))
    return list(session.scalars(select(Mailing.id).join(Survey).where(is_resting)))


def has_queued(session: Session, *, now: datetime) -> bool:
    """Tell whether any mailing that does not rest has messages in the queue, due or not.

    A look into the index a mailing, however many messages rest: what is due among them could only
    be found by going over them all.
    """
    queued = (
        select(MESSAGE.c.id)
        .where(MESSAGE.c.mailing_id == Mailing.id, MESSAGE.c.state == MessageState.QUEUED)
        .limit(1)
        .correlate(Mailing)
        .scalar_subquery()
    )
    active = select(Mailing.id).join(Survey).where(not_(_is_resting(now)), queued.is_not(None))
    return session.scalar(active.limit(1)) is not None


def _is_resting(now: datetime) -> ColumnElement[bool]:
    """Tell of a mailing whether it is paused, held or put off, or its survey paused."""
    is_put_off = and_(Mailing.state == MailingState.PLANNED, Mailing.due_at > now)
    return or_(
        Survey.paused_at.is_not(None),
        Mailing.state == MailingState.HELD,
        Mailing.paused_at.is_not(None),
        is_put_off,
    )


@dataclass(frozen=True, kw_only=True)
class Among:
    """Which mailings are looked at: all but the `resting` ones, or one alone."""

    resting: Collection[int] = ()
    mailing_id: int | None = None

    @property
    def condition(self) -> ColumnElement[bool]:
        """The condition on a message; a statement that is kept is given `values` anew."""
        if self.is_one:
            return MESSAGE.c.mailing_id == bindparam("one_mailing", self.mailing_id)
        resting: BindParameter[Any] = bindparam(
            "resting_mailings", list(self.resting), expanding=True
        )
        return MESSAGE.c.mailing_id.not_in(resting)

    @property
    def values(self) -> dict[str, Any]:
        """What `condition` is to be run with."""
        if self.is_one:
            return {"one_mailing": self.mailing_id}
        return {"resting_mailings": list(self.resting)}

    @property
    def is_one(self) -> bool:
        """Whether one mailing alone is looked at."""
        return self.mailing_id is not None


def select_due(*, among: Among, now: datetime) -> Select[int, datetime]:
    """Return the query of what is due at `now`, in no order; `now` can be replaced later."""
    instant = bindparam("now", now, type_=UTCDateTime())
    return select(MESSAGE.c.id, MESSAGE.c.due_at).where(
        MESSAGE.c.state == MessageState.QUEUED, MESSAGE.c.due_at <= instant, among.condition
    )


def find_heads(session: Session, *, among: Among, now: datetime) -> Sequence[Head]:
    """Return the head of each group that has anything due: one look into the index a group."""
    rows = session.execute(_heads(is_one=among.is_one), {"now": now, **among.values})
    return [Head(*row) for row in rows]


# Built once for each kind: building it takes longer than the database needs to run it.
@cache
def _heads(*, is_one: bool) -> CompoundSelect[*tuple[Any, ...]]:
    among = Among(mailing_id=0) if is_one else Among()
    columns = (MESSAGE.c.domain_group, MESSAGE.c.due_at, MESSAGE.c.id, MESSAGE.c.mailing_id)
    heads = [
        select_due(among=among, now=EPOCH)
        .with_only_columns(*columns)
        .where(MESSAGE.c.domain_group == group)
        .order_by(MESSAGE.c.due_at, MESSAGE.c.id)
        .limit(1)
        .subquery()
        for group in DomainGroup
    ]
    return union_all(*(select(head) for head in heads))
