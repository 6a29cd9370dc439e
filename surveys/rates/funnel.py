"""Where people are lost on the way from the invitation to the finished answer.

Opened links are not a step: mail scanners open them too.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from models import Invitation, MailState
from surveys.rates.dispositions import COMPLETE, code_of


@dataclass(frozen=True)
class Funnel:
    """Cases that got this far: invited, known to be mailed, answered something, complete (1.1).

    A form that came in without an answer (2.1121) is no start. `unfinished` have answered
    something, may go on, and get reminders. `reachable` have answered or still can.
    """

    invited: int
    mailed: int
    started: int
    completed: int
    unfinished: int
    reachable: int


def measure_funnel(session: Session, *, survey_ids: Collection[int]) -> Funnel:
    """Return the steps of some surveys together, in one query."""
    is_open = and_(
        Invitation.responded_at.is_(None),
        Invitation.declined_at.is_(None),
        Invitation.manual_code.is_(None),
    )
    is_mailed = Invitation.mail_state != MailState.NONE
    row = session.execute(
        select(
            func.count(),
            _count(Invitation.mail_state == MailState.SENT),
            _count(or_(Invitation.answered_count >= 1, Invitation.responded_at.is_not(None))),
            _count(code_of() == COMPLETE),
            _count(and_(is_open, Invitation.answered_count >= 1)),
            _count(or_(Invitation.responded_at.is_not(None), and_(is_open, is_mailed))),
        )
        .select_from(Invitation)
        .join(Invitation.survey_version)
        .where(Invitation.survey_id.in_(survey_ids))
    ).one()
    return Funnel(*row)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))
