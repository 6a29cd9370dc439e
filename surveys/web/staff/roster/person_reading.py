"""All that a person's page shows, in a handful of queries; of answers only that they are there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import Alumnus, Invitation, Mailing, ManualDisposition, Message, Suppression
from surveys.delivery.suppressed import find_unwilling
from surveys.rates.dispositions import DISPOSITIONS, code_of
from surveys.roster.suppression import is_suppressed, list_stops
from surveys.tokens import Keys


@dataclass(frozen=True)
class Mail:
    """One mail of one survey to the person: what of it, where it stands, when, why."""

    kind: str
    state: str
    at: datetime
    reason: str | None
    smtp_text: str | None


@dataclass(frozen=True)
class Case:
    """One survey that the person is invited to. `label` is the disposition in words."""

    invitation: Invitation
    code: str
    label: str
    title: dict[str, str]
    mails: Sequence[Mail]


@dataclass(frozen=True)
class Record:
    """One person's page. `is_stopped` also by another reader of their mailbox, or by its death.

    `is_unwilling`: stopped by somebody's word, not only because mail came back.
    """

    person: Alumnus
    cases: Sequence[Case]
    outcomes: Sequence[ManualDisposition]
    stops: Sequence[Suppression]
    is_stopped: bool
    is_unwilling: bool

    @property
    def has_own_stop(self) -> bool:
        """Whether what stops the mails was laid on this very person."""
        return any(stop.lifted_at is None for stop in self.stops)


def read_record(session: Session, *, person: Alumnus, keys: Keys) -> Record:
    """Return what is known of a person."""
    return Record(
        person=person,
        cases=_list_cases(session, person),
        outcomes=session.scalars(
            select(ManualDisposition)
            .where(ManualDisposition.alumnus_id == person.id)
            .options(joinedload(ManualDisposition.invitation).joinedload(Invitation.survey))
            .order_by(ManualDisposition.id.desc())
        ).all(),
        stops=list_stops(session, alumnus=person),
        is_stopped=is_suppressed(session, alumnus=person, keys=keys),
        is_unwilling=bool(find_unwilling(session, people=[(person.id, person.email)], keys=keys)),
    )


def title_of(invitation: Invitation) -> dict[str, str]:
    """Return the title of an invitation's survey, by language."""
    survey = invitation.survey
    title: dict[str, str] = survey.definition.get("title") or {"tr": survey.code}
    return title


def _list_cases(session: Session, person: Alumnus) -> list[Case]:
    rows = session.execute(
        select(Invitation, code_of())
        .join(Invitation.survey_version)
        .options(joinedload(Invitation.survey))
        .where(Invitation.alumnus_id == person.id)
        .order_by(Invitation.id.desc())
    ).all()
    mails = _list_mails(session, [invitation.id for invitation, _ in rows])
    return [
        Case(
            invitation=invitation,
            code=code,
            label=DISPOSITIONS[code].label,
            title=title_of(invitation),
            mails=mails.get(invitation.id, []),
        )
        for invitation, code in rows
    ]


def _list_mails(session: Session, ids: Sequence[int]) -> dict[int, list[Mail]]:
    rows = session.execute(
        select(Message, Mailing.kind)
        .join(Mailing, Mailing.id == Message.mailing_id)
        .where(Message.invitation_id.in_(ids))
        .order_by(Message.due_at, Message.id)
    )
    mails: dict[int, list[Mail]] = {}
    for message, kind in rows:
        at = message.sent_at or message.sending_at or message.due_at
        mail = Mail(kind, message.state, at, message.reason, message.smtp_text)
        mails.setdefault(message.invitation_id, []).append(mail)
    return mails
