"""A mailing that was due too long ago waits for staff; here they let it go."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Mailing, MailingState, Message, MessageState, Survey
from surveys.errors import N_, DonutError


class NothingHeld(DonutError):
    """No mailing of the survey waits for staff."""

    code = "nothing_held"
    status = 409
    message = N_("No mailing of %(survey)s is held.")


def release_held(session: Session, *, survey: Survey, now: datetime) -> Mailing:
    """Make the first held mailing of the survey due at `now`, and return it.

    Only the first: the invitation and its reminder would reach people in the same minute. Its mails
    that wait in the outbox are due then, too.
    Raises NothingHeld.
    """
    mailing = session.scalars(
        select(Mailing)
        .where(Mailing.survey_id == survey.id, Mailing.state == MailingState.HELD)
        .order_by(Mailing.position)
        .limit(1)
        .with_for_update()
    ).first()
    if mailing is None:
        raise NothingHeld(survey=survey.code)
    mailing.state = MailingState.PLANNED
    mailing.held_at = None
    mailing.due_at = now
    session.execute(
        update(Message)
        .where(Message.mailing_id == mailing.id, Message.state == MessageState.QUEUED)
        .values(due_at=now)
    )
    return mailing
