"""What staff decide about a returned mail."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import update
from sqlalchemy.orm import Session

from models import Invitation, MailReport, MailState, Message, MessageState
from surveys.bounces.listing import Shown
from surveys.database import changed_count
from surveys.delivery.resolving import RETRIED
from surveys.errors import N_, DonutError


class Decision(StrEnum):
    """Seen and done with; the person is away, or has another address; the mail goes once more."""

    SEEN = "seen"
    AWAY = "away"
    MOVED = "moved"
    RESENT = "resent"


STATES = {Decision.AWAY: MailState.AWAY, Decision.MOVED: MailState.MOVED}
# A mail may also come back dead and name the new address.
MARKED_FROM = (MailState.UNKNOWN, MailState.SENT, MailState.RETURNED, *STATES.values())


class NothingToDecide(DonutError):
    """The mail is settled, answers none of ours, or can't go again."""

    code = "nothing_to_decide"
    status = 409
    message = N_(
        "Nothing is left to decide here: somebody has, the survey is over, or it is unknown which"
        " mail this answers."
    )


def settle_return(
    session: Session, *, shown: Shown, decision: Decision, actor: str, now: datetime
) -> None:
    """Do what staff decided, and note who did. Raises NothingToDecide.

    A mail that goes again keeps its row and its Message-ID; whether its address takes mail again is
    told at the person.
    """
    if decision is Decision.RESENT:
        _send_again(session, shown, now)
    elif decision in STATES:
        _mark_case(session, shown, STATES[decision])
    settled = session.execute(
        update(MailReport)
        .where(MailReport.id == shown.report.id, MailReport.settled_at.is_(None))
        .values(settled_at=now, settled_by=actor, settled_as=decision, raw=None)
    )
    if not changed_count(settled):
        raise NothingToDecide


def _mark_case(session: Session, shown: Shown, state: MailState) -> None:
    if shown.message is None:
        raise NothingToDecide
    session.execute(
        update(Invitation)
        .where(
            Invitation.id == shown.message.invitation_id,
            Invitation.mail_state.in_(MARKED_FROM),
        )
        .values(mail_state=state)
    )


def _send_again(session: Session, shown: Shown, now: datetime) -> None:
    if shown.message is None:
        raise NothingToDecide
    queued = session.execute(
        update(Message)
        .where(
            Message.id == shown.message.id,
            Message.state == MessageState.SENT,
            Message.bounced_at.is_not(None),
            Message.expires_at > now,
        )
        .values(
            state=MessageState.QUEUED,
            reason=RETRIED,
            bounced_at=None,
            claimed_by=None,
            position=None,
            due_at=now,
            attempt_count=0,
        )
        .execution_options(synchronize_session=False)
    )
    if not changed_count(queued):
        raise NothingToDecide
