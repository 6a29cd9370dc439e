"""The outbox at a glance: how many mails wait, went out or failed, and what holds them up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Beat, Mailing, MailingState, Message, MessageState, Survey
from surveys.delivery.brakes import find_brake

BEAT_LIMIT = timedelta(minutes=5)
WAITING = (MessageState.QUEUED, MessageState.CLAIMED, MessageState.SENDING)


@dataclass(frozen=True)
class Mails:
    """Messages by state; codes of surveys with a held mailing, with mails in doubt, with failures.

    `is_silent`: no scheduler has run lately.
    """

    counts: Mapping[str, int]
    held: Sequence[str]
    doubtful: Sequence[str]
    failing: Mapping[str, int]
    is_braked: bool
    last_beat_at: datetime | None
    is_silent: bool

    @property
    def waiting(self) -> int:
        """How many are on their way."""
        return sum(self.counts.get(state, 0) for state in WAITING)


def read_mails(session: Session, *, is_demo: bool, now: datetime) -> Mails:
    """Return the outbox of the real (or the demo) surveys at `now`."""
    rows = session.execute(
        select(Survey.code, Message.state, func.count())
        .select_from(Message)
        .join(Message.mailing)
        .join(Mailing.survey)
        .where(Survey.is_demo.is_(is_demo))
        .group_by(Survey.code, Message.state)
        .order_by(Survey.code)
    ).all()
    counts: dict[str, int] = {}
    for _, state, count in rows:
        counts[state] = counts.get(state, 0) + count
    held = session.scalars(
        select(Survey.code)
        .join(Mailing, Mailing.survey_id == Survey.id)
        .where(Mailing.state == MailingState.HELD, Survey.is_demo.is_(is_demo))
        .group_by(Survey.code)
        .order_by(Survey.code)
    ).all()
    last = session.scalar(select(func.max(Beat.at)))
    return Mails(
        counts=counts,
        held=held,
        doubtful=[code for code, state, _ in rows if state == MessageState.UNKNOWN],
        failing={code: count for code, state, count in rows if state == MessageState.FAILED},
        is_braked=find_brake(session) is not None,
        last_beat_at=last,
        is_silent=last is None or now - last > BEAT_LIMIT,
    )
