"""Whom another survey wrote to lately, so that this one leaves them in peace.

Leaves: one SQL condition on Alumnus; nothing is read here. People left out so get no Invitation:
nobody asked them, so they belong in no rate of this survey. See docs/adr/0007.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, false, func

from models import Alumnus, Invitation, Message, MessageState, Survey
from surveys.building.definition import Definition
from surveys.inviting.plan import Planned, invitation_of

ARRIVED = (MessageState.SENT, MessageState.UNKNOWN)


def asked_lately(
    survey: Survey, definition: Definition, plan: list[Planned], now: datetime
) -> ColumnElement[bool]:
    """Return whether another survey's mail went to a person within the gap before the invitation.

    The gap ends when the invitation goes out, at `now` where that is past. A mail whose fate is
    unknown counts as sent.
    """
    if not definition.contact_gap_days:
        return false()
    asked_at = max(now, invitation_of(plan).due_at)
    since = asked_at - timedelta(days=definition.contact_gap_days)
    return exists().where(
        Invitation.alumnus_id == Alumnus.id,
        Invitation.survey_id != survey.id,
        Message.invitation_id == Invitation.id,
        Message.state.in_(ARRIVED),
        func.coalesce(Message.sent_at, Message.sending_at) > since,
    )
