"""What staff are told at once: each occasion is found in the tables, and mailed once a reader.

Found again at every pass and known by its key, so that a pass that was missed, repeated, or run
by two schedulers at once does no harm, nor does a clock that jumps.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import (
    Mailing,
    MailingState,
    Message,
    MessageState,
    Role,
    Staff,
    StaffMailKind,
    Survey,
    SurveyState,
)
from surveys.delivery.brakes import find_brake
from surveys.delivery.reasons import STAFF
from surveys.indicators.value import IndicatorValue
from surveys.notifying.ending_keys import list_news
from surveys.notifying.scope import list_readers, list_surveys, queue_once
from surveys.notifying.standings import measure_indicator

WEEK = timedelta(days=7)
# Older news is no news: after an upgrade nobody hears of last year's surveys.
FRESH = timedelta(days=3)
LEAST_MAILS = 20
TOLERATED_PERCENT = 5


class Occasion(StrEnum):
    """What may happen that staff are told of."""

    BEHIND = "behind"
    FAILING = "failing"
    STOPPED = "stopped"
    HELD = "held"
    PAUSED = "paused"
    ENDED = "ended"
    KEY_ENDS = "key_ends"


# The others could do nothing about it.
FOR_ADMINS = frozenset({Occasion.KEY_ENDS})


@dataclass(frozen=True)
class Alert:
    """One occasion; `key` is its name for ever, `params` lead its writer to the rows."""

    occasion: Occasion
    key: str
    params: dict[str, Any]


def queue_alerts(session: Session, *, now: datetime, zone: tzinfo) -> int:
    """Queue a mail about each occasion for each reader who has none yet; return how many."""
    readers = list_readers(session)
    if not readers:
        return 0
    return sum(
        queue_once(
            session,
            reader=reader,
            kind=StaffMailKind.ALERT,
            key=alert.key,
            params={"occasion": alert.occasion.value, **alert.params},
            now=now,
        )
        for alert in list_alerts(session, now=now, zone=zone)
        for reader in readers
        if concerns(reader, alert.occasion)
    )


def concerns(reader: Staff, occasion: Occasion) -> bool:
    """Tell whether `reader` can act on such an occasion."""
    return occasion not in FOR_ADMINS or reader.role == Role.ADMIN


def list_alerts(session: Session, *, now: datetime, zone: tzinfo) -> Iterator[Alert]:
    """Yield every occasion that stands at `now`."""
    brake = find_brake(session)
    if brake is not None and brake.reason != STAFF:
        yield _alert(Occasion.STOPPED, f"{brake.paused_at:%Y-%m-%dT%H:%M:%S}")
    surveys = list_surveys(session)
    running = [s for s in surveys if s.state_at(now) in {SurveyState.OPEN, SurveyState.PAUSED}]
    for survey in surveys:
        if now - FRESH < survey.ends_at() <= now:
            yield _alert(Occasion.ENDED, survey.code, survey=survey.code)
    for survey in running:
        if find_behind(session, survey, now=now, zone=zone) is not None:
            yield _alert(Occasion.BEHIND, survey.code, survey=survey.code)
    yield from _list_held(session, running)
    yield from _list_paused(session, running)
    yield from _list_failing(session, running)
    for key, step in list_news(session, now=now):
        name = f"{key.public_id}:{step.days}"
        yield _alert(Occasion.KEY_ENDS, name, public_id=key.public_id)


def find_behind(
    session: Session, survey: Survey, *, now: datetime, zone: tzinfo
) -> IndicatorValue | None:
    """Return the survey's indicator when its target is not met although the end is near.

    Near is a week before closing; for short surveys, half their time.
    """
    half = survey.opens_at + (survey.closes_at - survey.opens_at) / 2
    if now < max(survey.closes_at - WEEK, half):
        return None
    value = measure_indicator(session, survey, now=now, zone=zone)
    return value if value is not None and value.is_met is False else None


def count_failed(session: Session, mailing_id: int) -> tuple[int, int]:
    """Return how many mails of a mailing failed, and out of how many that were settled."""
    return _count_settled(session, [mailing_id]).get(mailing_id, (0, 0))


def _list_held(session: Session, running: Sequence[Survey]) -> Iterator[Alert]:
    held = select(Mailing.id, Mailing.held_at).where(
        Mailing.survey_id.in_([survey.id for survey in running]),
        Mailing.state == MailingState.HELD,
    )
    for mailing_id, held_at in session.execute(held.order_by(Mailing.id)):
        since = f"{held_at:%Y-%m-%dT%H:%M:%S}" if held_at else ""
        yield _alert(Occasion.HELD, f"{mailing_id}:{since}", mailing_id=mailing_id)


def _list_paused(session: Session, running: Sequence[Survey]) -> Iterator[Alert]:
    paused = select(Mailing.id, Mailing.paused_at).where(
        Mailing.survey_id.in_([survey.id for survey in running]),
        Mailing.paused_at.is_not(None),
    )
    for mailing_id, paused_at in session.execute(paused.order_by(Mailing.id)):
        name = f"{mailing_id}:{paused_at:%Y-%m-%dT%H:%M:%S}"
        yield _alert(Occasion.PAUSED, name, mailing_id=mailing_id)


def _list_failing(session: Session, running: Sequence[Survey]) -> Iterator[Alert]:
    mailings = select(Mailing.id).where(
        Mailing.survey_id.in_([survey.id for survey in running]),
        Mailing.state == MailingState.ENQUEUED,
    )
    settled = _count_settled(session, session.scalars(mailings).all())
    for mailing_id, (failed, count) in sorted(settled.items()):
        if is_failing(failed, count):
            yield _alert(Occasion.FAILING, str(mailing_id), mailing_id=mailing_id)


def is_failing(failed: int, settled: int) -> bool:
    """Tell whether so many mails failed that staff should look."""
    return settled >= LEAST_MAILS and failed * 100 > settled * TOLERATED_PERCENT


def _count_settled(session: Session, mailing_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    failed = func.count().filter(Message.state == MessageState.FAILED)
    rows = session.execute(
        select(Message.mailing_id, failed, func.count())
        .where(
            Message.mailing_id.in_(mailing_ids),
            Message.state.in_([MessageState.SENT, MessageState.FAILED]),
        )
        .group_by(Message.mailing_id)
    )
    return {mailing_id: (failures, count) for mailing_id, failures, count in rows}


def _alert(occasion: Occasion, name: str, **params: Any) -> Alert:
    return Alert(occasion, f"{occasion}:{name}", params)
