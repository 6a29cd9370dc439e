"""What can be said today about where some surveys will end: their mailings and answers → a band.

Counts the mailings that went out and those that are planned, and nobody who can't answer any more.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from models import Invitation, Mailing, MailingKind, MailingState, Survey
from surveys.rates.curve import SLICE_S, Slice
from surveys.rates.forecast import Edge, Wave, forecast

DAY = timedelta(days=1)
STEP = timedelta(seconds=SLICE_S)


@dataclass(frozen=True)
class Expected:
    """Between how many people will have answered by `at` (5 to 95 %)."""

    at: datetime
    low: float
    high: float


@dataclass(frozen=True)
class Outlook:
    """The band from now to the end; empty while it is too early, and once all is over.

    Too early is below 72 hours or 20 answers: `hours` since the first mailing, None before it,
    and `answers` so far.
    """

    band: Sequence[Expected]
    hours: int | None
    answers: int
    is_over: bool

    @property
    def is_too_early(self) -> bool:
        """Whether the first mailing or the answers still say nothing."""
        return not self.is_over and not self.band


def read_outlook(
    session: Session,
    *,
    survey_ids: Collection[int],
    slices: Sequence[Slice],
    reachable: int,
    now: datetime,
    ends_at: datetime,
) -> Outlook:
    """Return the outlook at `now` on `slices`, the answers to these surveys so far.

    `reachable`: how many have answered or still can. Draws with a generator of a fixed seed, so
    that a page that is looked at twice says the same.
    """
    answers = sum(count for _, count in slices)
    mailings = list(_list_mailings(session, survey_ids))
    start = min((at for _, at, is_sent, _ in mailings if is_sent), default=None)
    if start is None or now >= ends_at:
        return Outlook((), None, answers, is_over=now >= ends_at)
    shares = _share_cases(session, survey_ids)
    waves = [
        Wave((at - start) / DAY, shares.get(survey_id, 0.0), rank)
        for survey_id, at, _, rank in mailings
        if at < ends_at
    ]
    edges = _forecast(
        tuple(((at - start) / DAY, count) for at, count in slices),
        tuple(waves),
        (now - start) // STEP * STEP / DAY,
        (ends_at - start) / DAY,
        reachable,
        answers,
    )
    band = [Expected(start + edge.day * DAY, edge.low, edge.high) for edge in edges]
    return Outlook(band, int((now - start) / timedelta(hours=1)), answers, is_over=False)


@lru_cache(maxsize=32)
def _forecast(
    answer_days: tuple[tuple[float, int], ...],
    waves: tuple[Wave, ...],
    day: float,
    last_day: float,
    reachable: int,
    seed: int,
) -> list[Edge]:
    """Draw the band once for all who look at it within the same quarter of an hour."""
    return forecast(
        answer_days,
        waves,
        day=day,
        last_day=last_day,
        reachable=reachable,
        generator=Random(seed),  # noqa: S311 - draws chance, no secret
    )


def _list_mailings(
    session: Session, survey_ids: Collection[int]
) -> Iterator[tuple[int, datetime, bool, int]]:
    """Yield (survey, instant, went out, rank) of what went out and of what is planned.

    A paused survey plans nothing.
    """
    is_sent = Mailing.state == MailingState.ENQUEUED
    is_planned = and_(Mailing.state == MailingState.PLANNED, Survey.paused_at.is_(None))
    rows = session.execute(
        select(Mailing.survey_id, Mailing.kind, Mailing.due_at, Mailing.state)
        .join(Mailing.survey)
        .where(
            Mailing.survey_id.in_(survey_ids),
            Mailing.kind.in_([MailingKind.INVITATION, MailingKind.REMINDER]),
            or_(is_sent, is_planned),
        )
        .order_by(Mailing.due_at, Mailing.id)
    )
    ranks: dict[int, int] = {}
    for survey_id, kind, due_at, state in rows:
        rank = 0 if kind == MailingKind.INVITATION else ranks.get(survey_id, 0) + 1
        ranks[survey_id] = rank
        yield survey_id, due_at, state == MailingState.ENQUEUED, rank


def _share_cases(session: Session, survey_ids: Collection[int]) -> dict[int, float]:
    """Return each survey's share of all cases: a mailing to more people brings more answers."""
    if len(survey_ids) == 1:
        return dict.fromkeys(survey_ids, 1.0)
    rows = session.execute(
        select(Invitation.survey_id, func.count())
        .where(Invitation.survey_id.in_(survey_ids))
        .group_by(Invitation.survey_id)
    ).all()
    total = sum(count for _, count in rows)
    return {survey_id: count / total for survey_id, count in rows}
