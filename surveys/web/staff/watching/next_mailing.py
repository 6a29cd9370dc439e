"""The mailing that goes out next, and to how many people it would go as things stand."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Alumnus, Invitation, Mailing, MailingState, Survey
from surveys.inviting.due import recipients_of


@dataclass(frozen=True)
class NextMailing:
    """A planned mailing; `survey` is its survey's code."""

    id: int
    survey: str
    kind: str
    due_at: datetime
    recipient_count: int


def find_next_mailing(
    session: Session, *, now: datetime, is_demo: bool, survey_id: int | None = None
) -> NextMailing | None:
    """Return the next mailing of one survey, or of all; None when nothing is planned."""
    of_survey = [] if survey_id is None else [Survey.id == survey_id]
    found = session.execute(
        select(Mailing, Survey.code)
        .join(Mailing.survey)
        .where(
            Mailing.state == MailingState.PLANNED,
            Survey.is_demo.is_(is_demo),
            Survey.launched_at.is_not(None),
            Survey.paused_at.is_(None),
            Survey.closed_at.is_(None),
            Survey.closes_at > now,
            *of_survey,
        )
        .order_by(Mailing.due_at, Mailing.id)
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    mailing, code = found
    is_recipient = Invitation.survey_id == mailing.survey_id, *recipients_of(mailing.kind)
    with_address = select(func.count()).select_from(Invitation).join(Invitation.alumnus)
    count = session.scalar(with_address.where(*is_recipient, Alumnus.email.is_not(None)))
    return NextMailing(mailing.id, code, mailing.kind, mailing.due_at, count or 0)
