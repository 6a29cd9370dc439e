"""What the outbox looks like: counts by state, what is held or paused, what is in doubt, why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models import Alumnus, Beat, Invitation, Mailing, Message, MessageState, Survey
from surveys.delivery.brakes import Brake, find_brake, read_reason

FAULTY = (MessageState.FAILED, MessageState.SUPPRESSED)


@dataclass(frozen=True)
class MailingStatus:
    """One mailing of a launched survey, and its messages by state; `title` is the survey's."""

    id: int
    survey: str
    title: dict[str, str]
    position: int
    kind: str
    state: str
    due_at: datetime
    is_survey_paused: bool
    is_stopped: bool
    paused_reason: str | None
    paused_reply: str
    watched_until: datetime | None
    counts: dict[str, int]


@dataclass(frozen=True)
class Cause:
    """Why so many messages of a survey are in a state; `smtp_text` is one server reply of many."""

    survey: str
    state: str
    reason: str
    smtp_code: int | None
    smtp_text: str | None
    count: int


@dataclass(frozen=True)
class Doubt:
    """One message whose outcome nobody knows; `id` and `public_id` make its Message-ID."""

    id: int
    mailing_id: int
    survey: str
    alumnus_id: int
    external_id: str
    kind: str
    reason: str
    sending_at: datetime | None
    public_id: str


@dataclass(frozen=True)
class OutboxStatus:
    """The whole outbox, or one survey's part of it."""

    brake: Brake | None
    mailings: Sequence[MailingStatus]
    causes: Sequence[Cause]
    doubts: Sequence[Doubt]
    oldest_due_at: datetime | None
    last_beat_at: datetime | None

    @property
    def counts(self) -> dict[str, int]:
        """Messages by state over all mailings, every state named."""
        return {
            state.value: sum(mailing.counts[state] for mailing in self.mailings)
            for state in MessageState
        }


def read_status(session: Session, *, survey_code: str | None, now: datetime) -> OutboxStatus:
    """Return where the messages of a survey stand, or of all surveys when `survey_code` is None.

    `oldest_due_at` is that of the message which has waited longest beyond its time, if any.
    """
    of_survey = [Survey.code == survey_code] if survey_code else []
    waiting = _join(select(func.min(Message.due_at))).where(
        Message.state == MessageState.QUEUED, Message.due_at <= now, *of_survey
    )
    return OutboxStatus(
        brake=find_brake(session),
        mailings=_list_mailings(session, of_survey),
        causes=_list_causes(session, of_survey),
        doubts=_list_doubts(session, of_survey),
        oldest_due_at=session.scalar(waiting),
        last_beat_at=session.scalar(select(func.max(Beat.at))),
    )


def _join(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.select_from(Message).join(Message.mailing).join(Mailing.survey)


def _list_mailings(session: Session, of_survey: list[Any]) -> list[MailingStatus]:
    by_state = select(Message.mailing_id, Message.state, func.count()).group_by(
        Message.mailing_id, Message.state
    )
    counts: dict[int, dict[str, int]] = {}
    for mailing_id, state, count in session.execute(by_state):
        counts.setdefault(mailing_id, {})[state] = count
    title = Survey.definition["title"]
    columns = select(Mailing, Survey.code, title, Survey.paused_at).join(Mailing.survey)
    rows = session.execute(
        columns.where(Survey.launched_at.is_not(None), *of_survey).order_by(
            Survey.code, Mailing.position
        )
    )
    return [
        _read_mailing(mailing, code, title, paused_at, counts.get(mailing.id, {}))
        for mailing, code, title, paused_at in rows
    ]


def _read_mailing(
    mailing: Mailing,
    code: str,
    title: dict[str, str],
    survey_paused_at: datetime | None,
    counts: dict[str, int],
) -> MailingStatus:
    reason, reply = read_reason(mailing.paused_reason or "")
    return MailingStatus(
        id=mailing.id,
        survey=code,
        title=title,
        position=mailing.position,
        kind=mailing.kind,
        state=mailing.state,
        due_at=mailing.due_at,
        is_survey_paused=survey_paused_at is not None,
        is_stopped=mailing.stopped_at is not None,
        paused_reason=reason or None,
        paused_reply=reply,
        watched_until=None if mailing.is_canary_passed else mailing.canary_until,
        counts={state.value: counts.get(state, 0) for state in MessageState},
    )


def _list_causes(session: Session, of_survey: list[Any]) -> list[Cause]:
    columns = (Survey.code, Message.state, Message.reason, Message.smtp_code)
    rows = session.execute(
        _join(select(*columns, func.min(Message.smtp_text), func.count()))
        .where(Message.reason.is_not(None), Message.state != MessageState.UNKNOWN, *of_survey)
        .group_by(*columns)
        .order_by(*columns)
    )
    return [Cause(*row) for row in rows]


def _list_doubts(session: Session, of_survey: list[Any]) -> list[Doubt]:
    columns = (
        Message.id,
        Message.mailing_id,
        Survey.code,
        Alumnus.id,
        Alumnus.external_id,
        Mailing.kind,
        Message.reason,
        Message.sending_at,
        Invitation.public_id,
    )
    rows = session.execute(
        _join(select(*columns))
        .join(Message.invitation)
        .join(Invitation.alumnus)
        # A doubt always has its reason, and what has one stands in an index of its own.
        .where(Message.state == MessageState.UNKNOWN, Message.reason.is_not(None), *of_survey)
        .order_by(Message.id)
    )
    return [Doubt(*row) for row in rows]
