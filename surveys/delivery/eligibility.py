"""Whether a message may still go: read in the transaction that claims it and again before it goes.

Enters: message ids. Leaves: the obstacle of each one that must not go. A message with an obstacle
is settled as suppressed with the obstacle's name as its reason.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from models import Alumnus, Invitation, Mailing, MailingKind, Message, Survey
from surveys.delivery.suppressed import find_suppressed
from surveys.tokens import Keys


class Obstacle(StrEnum):
    """Why a message is not sent, for good; the first that applies is named."""

    ANSWERED = "answered"
    DECLINED = "declined"
    SUPPRESSED = "suppressed"
    NO_ADDRESS = "no_address"
    CLOSED = "closed"


def find_obstacles(
    session: Session, *, message_ids: Sequence[int], keys: Keys, now: datetime
) -> dict[int, Obstacle]:
    """Return message id → obstacle for those of `message_ids` that must not be sent."""
    rows = session.execute(_standings(), {"message_ids": list(message_ids)}).all()
    people = [(row.alumnus_id, row.email) for row in rows]
    suppressed = find_suppressed(session, people=people, keys=keys)
    found = {row.message_id: _find_obstacle(row, suppressed, now) for row in rows}
    return {message_id: obstacle for message_id, obstacle in found.items() if obstacle}


@cache
def _standings() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Message.id.label("message_id"),
            Message.expires_at,
            Mailing.kind,
            Invitation.responded_at,
            Invitation.declined_at,
            Invitation.alumnus_id,
            Alumnus.email,
            Survey.closes_at,
            Survey.closed_at,
        )
        .join(Mailing, Message.mailing_id == Mailing.id)
        .join(Survey, Mailing.survey_id == Survey.id)
        .join(Invitation, Message.invitation_id == Invitation.id)
        .join(Alumnus, Invitation.alumnus_id == Alumnus.id)
        .where(Message.id.in_(bindparam("message_ids", expanding=True)))
    )


def _find_obstacle(
    row: Row[*tuple[Any, ...]], suppressed: set[int], now: datetime
) -> Obstacle | None:
    ends = [end for end in (row.expires_at, row.closes_at, row.closed_at) if end is not None]
    obstacles = {
        Obstacle.ANSWERED: row.kind != MailingKind.THANKS and row.responded_at is not None,
        Obstacle.DECLINED: row.declined_at is not None,
        Obstacle.SUPPRESSED: row.alumnus_id in suppressed,
        Obstacle.NO_ADDRESS: row.email is None,
        Obstacle.CLOSED: now >= min(ends),
    }
    return next((obstacle for obstacle, applies in obstacles.items() if applies), None)
