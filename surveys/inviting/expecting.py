"""About how many people each mailing of a plan will reach: fewer each time, since some answer.

The shares come from the newest surveys that are over; where none has come so far, a stated share of
those who were still silent is taken to answer after each mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Mailing, MailingKind, Message, MessageState, Survey
from surveys.inviting.plan import Planned
from surveys.inviting.stored_plan import Progress

SURVEYS = 3
USUAL_ANSWER_SHARE = Fraction(12, 100)


@dataclass(frozen=True)
class Experience:
    """What share of the invited the n-th reminder reached; `survey_count` surveys told it."""

    survey_count: int
    shares: Sequence[Fraction]

    def share_at(self, number: int) -> Fraction:
        """Return the share that reminder `number` (0: the invitation) is expected to reach."""
        known = [Fraction(1), *self.shares]
        further = number - len(known) + 1
        return known[number] if further <= 0 else known[-1] * (1 - USUAL_ANSWER_SHARE) ** further


def read_experience(session: Session, *, is_demo: bool, now: datetime) -> Experience:
    """Return what the newest surveys that were over at `now` tell."""
    ended = session.scalars(
        select(Survey.id)
        .where(
            Survey.is_demo.is_(is_demo), Survey.launched_at.is_not(None), Survey.closes_at <= now
        )
        .order_by(Survey.closes_at.desc(), Survey.id.desc())
        .limit(SURVEYS)
    ).all()
    curves = [curve for survey_id in ended if (curve := _read_curve(session, survey_id))]
    longest = max(map(len, curves), default=0)
    by_reminder = [[c[i] for c in curves if i < len(c)] for i in range(longest)]
    return Experience(len(curves), [sum(found, Fraction()) / len(found) for found in by_reminder])


def expect_recipients(
    plan: Sequence[Planned], *, mailable_count: int, experience: Experience
) -> list[int]:
    """Return about how many people each mailing of `plan` will reach, in its order.

    Thanks go to those who are no longer expected to be reminded.
    """
    counts: list[int] = []
    number = -1
    for planned in plan:
        if planned.kind == MailingKind.THANKS:
            share = 1 - experience.share_at(number + 1)
        else:
            number += 1
            share = experience.share_at(number)
        counts.append(round(mailable_count * share))
    return counts


def expect_further(progress: Sequence[Progress], *, experience: Experience) -> list[int]:
    """Return about how many people each mailing of a launched survey reaches, in its order.

    Of what went out or goes out, the number itself; of a reminder to come, those who are silent now
    less those who are expected to answer before it.
    """
    counts: list[int] = []
    number, begun = -1, -1
    for found in progress:
        is_contact = found.mailing.kind != MailingKind.THANKS
        number += is_contact
        if found.mailing.enqueued_at is not None or not found.is_open or not is_contact:
            begun = number if is_contact else begun
            counts.append(found.sent_count + found.waiting_count)
        else:
            share = experience.share_at(number) / experience.share_at(begun + 1)
            counts.append(round(found.waiting_count * share))
    return counts


def _read_curve(session: Session, survey_id: int) -> list[Fraction]:
    """Return the share of the invited that each reminder of a survey was sent to."""
    sent = func.count(Message.id)
    rows = session.execute(
        select(Mailing.kind, sent)
        .join(Message, Message.mailing_id == Mailing.id)
        .where(
            Mailing.survey_id == survey_id,
            Mailing.kind != MailingKind.THANKS,
            Message.state == MessageState.SENT,
        )
        .group_by(Mailing.id, Mailing.kind, Mailing.position)
        .order_by(Mailing.position)
    ).all()
    if not rows or rows[0][0] != MailingKind.INVITATION:
        return []
    invited = rows[0][1]
    return [min(Fraction(count, invited), Fraction(1)) for _, count in rows[1:]]
