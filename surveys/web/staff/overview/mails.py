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
    """Messages by state; codes of surveys with a held mailing, with mails in doubt.

    `is_silent`: no scheduler has run lately.
    """

    counts: Mapping[str, int]
    held: Sequence[str]
    doubtful: Sequence[str]
    failed_count: int
    is_braked: bool
    last_beat_at: datetime | None
    is_silent: bool

    @property
    def waiting(self) -> int:
        """How many are on their way."""
        return sum(self.counts.get(state, 0) for state in WAITING)


def read_mails(session: Session, *, is_demo: bool, now: datetime) -> Mails:
    """Return the outbox of the real (or the demo) surveys at `now`."""
    mailings = session.execute(
        select(Mailing.id, Mailing.state, Survey.code)
        .join(Mailing.survey)
        .where(Survey.is_demo.is_(is_demo), Survey.launched_at.is_not(None))
        .order_by(Survey.code)
    ).all()
    code_of = {mailing_id: code for mailing_id, _, code in mailings}
    counts, by_survey = _count(session, code_of)
    last = session.scalar(select(func.max(Beat.at)))
    return Mails(
        counts=counts,
        held=sorted({code for _, state, code in mailings if state == MailingState.HELD}),
        doubtful=[code for code, states in by_survey.items() if MessageState.UNKNOWN in states],
        failed_count=counts.get(MessageState.FAILED, 0),
        is_braked=find_brake(session) is not None,
        last_beat_at=last,
        is_silent=last is None or now - last > BEAT_LIMIT,
    )


def _count(
    session: Session, code_of: Mapping[int, str]
) -> tuple[dict[str, int], dict[str, set[str]]]:
    """Return messages by state, and the states that occur by survey; the index holds both."""
    rows = session.execute(
        select(Message.mailing_id, Message.state, func.count())
        .group_by(Message.mailing_id, Message.state)
        .order_by(Message.mailing_id)
    )
    counts: dict[str, int] = {}
    states: dict[str, set[str]] = {}
    for mailing_id, state, count in rows:
        if mailing_id in code_of:
            counts[state] = counts.get(state, 0) + count
            states.setdefault(code_of[mailing_id], set()).add(state)
    return counts, dict(sorted(states.items()))
