"""The plan of a launched survey as its Mailing rows hold it: how far it has come, whom it reaches.

Leaves: progress for pages and commands, and the same plan as a document and as Planned values, so
that the one reader of definitions and the one set of warnings judge it like a draft's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models import (
    Alumnus,
    Invitation,
    Mailing,
    MailingState,
    Message,
    MessageState,
    Survey,
)
from surveys.building.definition import PlannedMailing
from surveys.building.local_time import format_local
from surveys.inviting.due import recipients_of
from surveys.inviting.plan import Planned

WAITING = (MessageState.QUEUED, MessageState.CLAIMED)


@dataclass(frozen=True)
class Progress:
    """How far one mailing has come.

    `sent_count`: mails that went out. `waiting_count`: people who have not got theirs and would,
    as it stands now; before the mails are made, everybody with an address whom it is for.
    """

    mailing: Mailing
    sent_count: int
    waiting_count: int

    @property
    def is_open(self) -> bool:
        """Whether something of it can still be changed or stopped."""
        state = self.mailing.state
        is_going = state == MailingState.ENQUEUED and self.waiting_count > 0
        return is_going or state in {MailingState.PLANNED, MailingState.HELD}


def list_mailings(session: Session, *, survey: Survey) -> list[Mailing]:
    """Return the mailings of a launched survey in the order in which they go out."""
    rows = select(Mailing).where(Mailing.survey_id == survey.id).order_by(Mailing.position)
    return list(session.scalars(rows))


def list_progress(session: Session, *, survey: Survey) -> list[Progress]:
    """Return how far each mailing of a launched survey has come."""
    mailings = list_mailings(session, survey=survey)
    counts = _count_messages(session, [mailing.id for mailing in mailings])
    kinds = {m.kind for m in mailings if not counts.get(m.id) and _is_to_come(m)}
    to_come = {kind: _count_to_come(session, survey, kind) for kind in kinds}
    return [_progress_of(mailing, counts.get(mailing.id, {}), to_come) for mailing in mailings]


def select_invited(survey: Survey) -> Select[Alumnus]:
    """Return the SELECT of everybody whom a launched survey asks, in the order of registration."""
    invited = select(Alumnus).join(Invitation, Invitation.alumnus_id == Alumnus.id)
    return invited.where(Invitation.survey_id == survey.id).order_by(Alumnus.id)


def to_planned(mailing: Mailing) -> Planned:
    """Return a stored mailing as one of a plan."""
    content = PlannedMailing(mailing.kind, mailing.subject, at=mailing.local_at, text=mailing.text)
    local = mailing.local_at
    return Planned(mailing.position, content, written=local, local=local, due_at=mailing.due_at)


def to_document(survey: Survey, mailings: Sequence[Mailing]) -> dict[str, Any]:
    """Return the survey's document with the stored plan and times in place of the drafted ones."""
    zone = ZoneInfo(survey.definition["timezone"])
    return {
        **survey.versions[-1].definition,
        "opens_at": format_local(survey.opens_at.astimezone(zone)),
        "closes_at": format_local(survey.closes_at.astimezone(zone)),
        "mailings": [
            {"kind": m.kind, "at": m.local_at, "subject": m.subject}
            | ({"text": m.text} if m.text else {})
            for m in mailings
        ],
    }


def _is_to_come(mailing: Mailing) -> bool:
    return mailing.state in {MailingState.PLANNED, MailingState.HELD}


def _count_messages(session: Session, mailing_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    rows = session.execute(
        select(Message.mailing_id, Message.state, func.count())
        .where(Message.mailing_id.in_(mailing_ids))
        .group_by(Message.mailing_id, Message.state)
    )
    counts: dict[int, dict[str, int]] = {}
    for mailing_id, state, count in rows:
        counts.setdefault(mailing_id, {})[state] = count
    return counts


def _count_to_come(session: Session, survey: Survey, kind: str) -> int:
    people = select(func.count()).select_from(Invitation).join(Invitation.alumnus)
    is_recipient = Invitation.survey_id == survey.id, *recipients_of(kind)
    can_be_mailed = Alumnus.email.is_not(None), Alumnus.ineligible_at.is_(None)
    return session.scalars(people.where(*is_recipient, *can_be_mailed)).one()


def _progress_of(
    mailing: Mailing, counts: Mapping[str, int], to_come: Mapping[str, int]
) -> Progress:
    if mailing.state == MailingState.CANCELLED:
        waiting = 0
    elif counts or not _is_to_come(mailing):
        waiting = sum(counts.get(state, 0) for state in WAITING)
    else:
        waiting = to_come[mailing.kind]
    return Progress(mailing, counts.get(MessageState.SENT, 0), waiting)
