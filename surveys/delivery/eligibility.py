"""Whether a message may still go: read in the transaction that claims it and again before it goes.

Enters: message ids. Leaves: of each, the obstacle or whom it goes to. A message with an obstacle
is settled as suppressed with the obstacle's name as its reason.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from models import Base, MailingKind, MailingState, ManualCode
from surveys.delivery.addressed import COLUMNS, Addressed, read_addressed
from surveys.delivery.suppressed import find_suppressed
from surveys.tokens import Keys


class Obstacle(StrEnum):
    """Why a message is not sent, for good; the first that applies is named."""

    ANSWERED = "answered"
    ANSWERED_BY_PHONE = "answered_by_phone"
    NOT_ELIGIBLE = "not_eligible"
    DECLINED = "declined"
    SUPPRESSED = "suppressed"
    NO_ADDRESS = "no_address"
    CLOSED = "closed"
    STOPPED = "stopped"


# What keeps a message back, or whom it goes to.
Standing = Obstacle | Addressed


def read_standings(
    session: Session, *, message_ids: Sequence[int], keys: Keys, now: datetime
) -> dict[int, Standing]:
    """Return message id → standing at `now`."""
    rows = session.execute(_rows(), {"message_ids": list(message_ids)}).all()
    people = [(row.alumnus_id, row.email) for row in rows]
    suppressed = find_suppressed(session, people=people, keys=keys)
    return {row.message_id: _read_standing(row, suppressed, now) for row in rows}


# Built once: building it takes longer than the database needs to run it.
@cache
def _rows() -> Select[*tuple[Any, ...]]:
    tables = Base.metadata.tables
    message, mailing, survey = tables["message"], tables["mailing"], tables["survey"]
    invitation, alumnus = tables["invitation"], tables["alumnus"]
    joined = (
        message.join(mailing, message.c.mailing_id == mailing.c.id)
        .join(survey, mailing.c.survey_id == survey.c.id)
        .join(invitation, message.c.invitation_id == invitation.c.id)
        .join(alumnus, invitation.c.alumnus_id == alumnus.c.id)
    )
    columns = (
        message.c.id.label("message_id"),
        message.c.mailing_id,
        message.c.expires_at,
        mailing.c.kind,
        mailing.c.state,
        survey.c.closes_at,
        survey.c.closed_at,
        invitation.c.alumnus_id,
        invitation.c.responded_at,
        invitation.c.declined_at,
        invitation.c.manual_code,
        alumnus.c.ineligible_at,
    )
    wanted = message.c.id.in_(bindparam("message_ids", expanding=True))
    return select(*columns, *COLUMNS).select_from(joined).where(wanted)


def _read_standing(row: Row[*tuple[Any, ...]], suppressed: set[int], now: datetime) -> Standing:
    ends = [end for end in (row.expires_at, row.closes_at, row.closed_at) if end is not None]
    asks = row.kind != MailingKind.THANKS
    is_by_phone = row.manual_code == ManualCode.ANSWERED_BY_PHONE
    obstacles = {
        Obstacle.ANSWERED: asks and row.responded_at is not None,
        Obstacle.ANSWERED_BY_PHONE: asks and is_by_phone,
        Obstacle.NOT_ELIGIBLE: row.ineligible_at is not None,
        Obstacle.DECLINED: row.declined_at is not None,
        Obstacle.SUPPRESSED: row.alumnus_id in suppressed,
        Obstacle.NO_ADDRESS: row.email is None,
        Obstacle.CLOSED: now >= min(ends),
        Obstacle.STOPPED: row.state == MailingState.CANCELLED,
    }
    found = next((obstacle for obstacle, applies in obstacles.items() if applies), None)
    return found or read_addressed(row)
