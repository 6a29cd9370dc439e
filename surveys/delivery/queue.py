"""What could be claimed now, the longest due first."""

from datetime import datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from models import Mailing, MailingState, Message, MessageState, Survey


def select_due(session: Session, *, now: datetime) -> Select[int, datetime]:
    """Return the query of what is due at `now`: id and due_at, in no order.

    Without what belongs to a paused survey, to a mailing that is held or that staff have put off
    while it went out. Two queries, so that the index on
    what is due serves the second however many rest.
    """
    is_put_off = and_(Mailing.state == MailingState.PLANNED, Mailing.due_at > now)
    is_resting = or_(Survey.paused_at.is_not(None), Mailing.state == MailingState.HELD, is_put_off)
    resting = session.scalars(select(Mailing.id).join(Survey).where(is_resting)).all()
    return select(Message.id, Message.due_at).where(
        Message.state == MessageState.QUEUED,
        Message.due_at <= now,
        Message.mailing_id.not_in(resting),
    )
