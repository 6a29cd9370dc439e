"""What could be claimed now, the longest due first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select, union_all
from sqlalchemy.orm import Session

from models import DomainGroup, Mailing, MailingState, Message, MessageState, Survey


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
    is_put_off = and_(Mailing.state == MailingState.PLANNED, Mailing.due_at > now)
    resting = [
        Survey.paused_at.is_not(None),
        Mailing.state == MailingState.HELD,
        Mailing.paused_at.is_not(None),
        is_put_off,
    ]
    if waits_for_canary:
        is_enqueued = Mailing.state == MailingState.ENQUEUED
        resting.append(and_(is_enqueued, Mailing.is_canary_passed.is_(False)))
    return list(session.scalars(select(Mailing.id).join(Survey).where(or_(*resting))))


@dataclass(frozen=True, kw_only=True)
class Among:
    """Which mailings are looked at: all but the `resting` ones, or one alone."""

    resting: Collection[int] = ()
    mailing_id: int | None = None

    @property
    def condition(self) -> ColumnElement[bool]:
        """The condition on Message."""
        if self.mailing_id is not None:
            return Message.mailing_id == self.mailing_id
        return Message.mailing_id.not_in(self.resting)


def select_due(*, among: Among, now: datetime) -> Select[int, datetime]:
    """Return the query of what is due at `now`, in no order."""
    return select(Message.id, Message.due_at).where(
        Message.state == MessageState.QUEUED, Message.due_at <= now, among.condition
    )


def find_heads(session: Session, *, among: Among, now: datetime) -> Sequence[Head]:
    """Return the head of each group that has anything due: one look into the index a group."""
    columns = (Message.domain_group, Message.due_at, Message.id, Message.mailing_id)
    heads = [
        select(*columns)
        .where(
            Message.domain_group == group,
            Message.state == MessageState.QUEUED,
            Message.due_at <= now,
            among.condition,
        )
        .order_by(Message.due_at, Message.id)
        .limit(1)
        .subquery()
        for group in DomainGroup
    ]
    rows = session.execute(union_all(*(select(head) for head in heads)))
    return [Head(*row) for row in rows]
