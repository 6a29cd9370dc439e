"""Another closing time for a survey that runs: its plan and its waiting mails follow.

Drafts of answers need nothing: they go when the survey is over, whenever that is.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Mailing, MailingState, Message, MessageState, Survey
from surveys.building.cleaning import EditRefused
from surveys.building.local_time import to_instant
from surveys.errors import N_, DonutError
from surveys.inviting.changing import PAST
from surveys.inviting.lifecycle import take_running
from surveys.inviting.stored_plan import list_mailings

UNSETTLED = (MessageState.QUEUED, MessageState.CLAIMED, MessageState.SENDING)


class ClosingChanged(DonutError):
    """Somebody else moved the closing since the form was made; nothing was saved."""

    code = "closing_changed"
    status = 409
    message = N_("Somebody moved the closing meanwhile. Look at the newer time, then save again.")


@dataclass(frozen=True)
class Moved:
    """How many mailings the new closing took out of the plan, and how many it brought back."""

    cancelled_count: int
    planned_count: int


def move_closing(
    session: Session, *, survey: Survey, at: str, base: datetime, now: datetime
) -> Moved:
    """Close the survey at local time `at` of its zone; `base` is the closing that the form showed.

    What would go out later is cancelled, what an earlier closing had cancelled is planned again;
    a mailing that staff stopped stays stopped.
    Raises SurveyNotLaunched, SurveyOver, ClosingChanged, EditRefused.
    """
    take_running(session, survey, now)
    if survey.closes_at != base:
        raise ClosingChanged
    closes_at = to_instant(at, survey.definition["timezone"]).at
    if closes_at <= now:
        raise EditRefused.of("closes_at", PAST)
    if closes_at <= survey.opens_at:
        raise EditRefused.of("closes_at", TOO_EARLY)
    survey.closes_at = closes_at
    own = select(Mailing.id).where(Mailing.survey_id == survey.id)
    session.execute(
        update(Message)
        .where(Message.mailing_id.in_(own), Message.state.in_(UNSETTLED))
        .values(expires_at=closes_at)
        .execution_options(synchronize_session=False)
    )
    moves = [_follow(m, survey, now) for m in list_mailings(session, survey=survey)]
    return Moved(
        cancelled_count=moves.count(MailingState.CANCELLED),
        planned_count=moves.count(MailingState.PLANNED),
    )


def _follow(mailing: Mailing, survey: Survey, now: datetime) -> MailingState | None:
    """Let one mailing follow the closing; return its new state, None when that stays."""
    # Its mails name the closing day; whoever writes them must read it anew.
    mailing.revision += 1
    is_before = mailing.due_at < survey.closes_at
    moved = None
    if mailing.state == MailingState.PLANNED and not is_before:
        moved = MailingState.CANCELLED
    elif (
        mailing.state == MailingState.CANCELLED
        and mailing.stopped_at is None
        and is_before
        and mailing.due_at > now
    ):
        moved = MailingState.PLANNED
    mailing.state = moved or mailing.state
    return moved


TOO_EARLY = N_("The survey would close before it opens.")
