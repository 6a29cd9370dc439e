"""A person → a tombstone: nothing that names them stays, and every rate stays as it was.

Invitations keep that somebody was asked and answered; drafts and answers go. Refuses nothing: an
erasure is a right.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Select, delete, func, select, update
from sqlalchemy.orm import Session

from models import (
    Alumnus,
    Draft,
    EmailFault,
    Invitation,
    MailReport,
    ManualDisposition,
    Message,
    Response,
    Suppression,
    SuppressionReason,
)
from surveys.roster.erased import hash_traces
from surveys.roster.outcomes import forget_key
from surveys.roster.people import lock_roster
from surveys.tokens import Keys, new_public_id

# A year or a cohort of fewer people than this would still point at the person.
SMALLEST_GROUP = 5
NOTHING = "–"
COHORT = (Invitation.unit, Invitation.degree, Invitation.graduation_year)


@dataclass(frozen=True)
class Erasure:
    """What an erasure took away, in counts."""

    draft_count: int
    response_count: int
    invitation_count: int


def erase_person(session: Session, *, person: Alumnus, keys: Keys, now: datetime) -> Erasure:
    """Make `person` a tombstone, for good; a later import doesn't bring them back.

    The graduation year stays where at least five share it, so that yearly indicators hold still;
    likewise the cohort on their invitations. Links mailed earlier open nothing any more.
    A batch of an import that is being written is waited for, or it would write the person again.
    """
    lock_roster(session)
    session.refresh(person)
    _remember(session, person, keys, now)
    invitations = select(Invitation.id).where(Invitation.alumnus_id == person.id)
    drafts = _delete(session, delete(Draft).where(Draft.invitation_id.in_(invitations)))
    responses = _delete(session, delete(Response).where(Response.invitation_id.in_(invitations)))
    _blank_mails(session, invitations)
    _blank_notes(session, person)
    forget_key(session, external_id=person.external_id, is_demo=person.is_demo)
    count = _blank_invitations(session, person)
    _blank_person(session, person, now)
    return Erasure(draft_count=drafts, response_count=responses, invitation_count=count)


def _remember(session: Session, person: Alumnus, keys: Keys, now: datetime) -> None:
    """Keep the hashes by which an import knows the person, tied to nobody."""
    traces = hash_traces(
        keys.hash[0],
        external_id=person.external_id,
        email=person.email,
        is_demo=person.is_demo,
    )
    reason = SuppressionReason.ERASED
    session.add_all(Suppression(address_hash=t, reason=reason, created_at=now) for t in traces)


def _delete(session: Session, statement: Delete) -> int:
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def _blank_mails(session: Session, invitations: Select[int]) -> None:
    """Drop what mail servers said: their words quote addresses."""
    session.execute(
        update(Message).where(Message.invitation_id.in_(invitations)).values(smtp_text=None)
    )
    session.execute(
        update(MailReport)
        .where(
            MailReport.message_id.in_(
                select(Message.id).where(Message.invitation_id.in_(invitations))
            )
        )
        .values(raw=None, diagnostic=None)
    )


def _blank_notes(session: Session, person: Alumnus) -> None:
    """Drop what staff wrote of the person; that they were told something stays."""
    session.execute(
        update(ManualDisposition)
        .where(ManualDisposition.alumnus_id == person.id)
        .values(reason=NOTHING, happened_on=None)
    )
    session.execute(
        update(Suppression)
        .where(Suppression.alumnus_id == person.id)
        .values(note=None, lifted_note=None)
    )


def _blank_invitations(session: Session, person: Alumnus) -> int:
    invitations = session.scalars(
        select(Invitation).where(Invitation.alumnus_id == person.id)
    ).all()
    for invitation in invitations:
        invitation.public_id = new_public_id()
        invitation.token_epoch += 1
        invitation.programme = None
        if _cohort_size(session, invitation) < SMALLEST_GROUP:
            invitation.unit = invitation.degree = invitation.graduation_year = None
    return len(invitations)


def _cohort_size(session: Session, invitation: Invitation) -> int:
    """Return how many people of the survey share unit, degree and year, this one included."""
    same = [column.is_not_distinct_from(getattr(invitation, column.key)) for column in COHORT]
    count = select(func.count()).where(Invitation.survey_id == invitation.survey_id, *same)
    return session.scalar(count) or 0


def _blank_person(session: Session, person: Alumnus, now: datetime) -> None:
    same_year = select(func.count()).where(
        Alumnus.is_demo == person.is_demo, Alumnus.graduation_year == person.graduation_year
    )
    if (session.scalar(same_year) or 0) < SMALLEST_GROUP:
        person.graduation_year = None
    person.external_id = f"erased-{new_public_id()}"
    person.given_name = person.family_name = person.search_text = person.sort_key = ""
    person.email, person.email_fault = None, EmailFault.MISSING
    person.phone = person.unit = person.programme = person.degree = None
    person.graduation_date = person.gender = person.language = None
    person.attributes = {}
    person.erased_at = person.updated_at = now
