"""No more mail: a person's word, taken at once, and taken back just as easily."""

from datetime import datetime

from sqlalchemy.orm import Session

from models import Invitation, SuppressionReason
from surveys.roster.suppression import lift, suppress
from surveys.tokens import Keys


def stop_mail(session: Session, *, invitation: Invitation, keys: Keys, now: datetime) -> None:
    """Stop all mail to the invitation's person; saying it twice is saying it once.

    Works at any time, also when the survey is closed or answered.
    """
    suppress(
        session,
        alumnus=invitation.alumnus,
        keys=keys,
        reason=SuppressionReason.UNSUBSCRIBED,
        now=now,
    )
    invitation.declined_at = invitation.declined_at or now
    session.flush()


def resume_mail(session: Session, *, invitation: Invitation, keys: Keys, now: datetime) -> None:
    """Take the word back: mail may go to this person again."""
    lift(session, alumnus=invitation.alumnus, keys=keys, now=now)
    invitation.declined_at = None
    session.flush()
