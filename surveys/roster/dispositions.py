"""What staff were told of a person → the code of their cases, and whether they count at all.

Enters: a person and a staff member's word with its reason. Leaves: the word as a row that is never
deleted, `Alumnus.ineligible_at` and each case's `manual_code`, which both follow the live words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import Alumnus, Invitation, ManualCode, ManualDisposition, ManualKind
from surveys.errors import N_, DonutError

LONGEST_REASON = 500


class ReasonMissing(DonutError):
    """Staff gave no reason."""

    code: ClassVar[str] = "reason_missing"
    message: ClassVar[str] = N_("Write who told you this and when, so that it can be checked.")


class ReasonTooLong(DonutError):
    """The reason is longer than a note."""

    code: ClassVar[str] = "reason_too_long"
    message: ClassVar[str] = N_("Write at most %(limit)s characters.")


class DeathInFuture(DonutError):
    """A date of death that has not come yet."""

    code: ClassVar[str] = "death_in_future"
    message: ClassVar[str] = N_("This date has not come yet. Check the year.")


class OutcomeKnown(DonutError):
    """A word on the same matter stands already."""

    code: ClassVar[str] = "outcome_known"
    status: ClassVar[int] = 409
    message: ClassVar[str] = N_(
        "Something is recorded for this person already. Take that back first, then record this."
    )


class AnsweredAlready(DonutError):
    """The person has answered the survey themselves."""

    code: ClassVar[str] = "answered_already"
    status: ClassVar[int] = 409
    message: ClassVar[str] = N_(
        "This person has answered the survey with their own link, and that counts for more."
    )


@dataclass(frozen=True)
class Told:
    """What staff were told. `invitation` for an answer by phone, `happened_on` for a death."""

    kind: ManualKind
    reason: str
    happened_on: date | None = None
    invitation: Invitation | None = None


def record_outcome(
    session: Session, *, person: Alumnus, told: Told, actor: str, now: datetime, zone: tzinfo
) -> ManualDisposition:
    """Record what staff were told of `person` and let their cases follow it.

    Raises ReasonMissing, ReasonTooLong, DeathInFuture, OutcomeKnown, AnsweredAlready.
    """
    session.refresh(person, with_for_update=True)
    reason = read_reason(told.reason)
    if told.happened_on and told.happened_on > now.astimezone(zone).date():
        raise DeathInFuture
    if told.invitation and told.invitation.responded_at is not None:
        raise AnsweredAlready
    invitation_id = told.invitation.id if told.invitation else None
    if any(row.invitation_id == invitation_id for row in list_live(session, person=person)):
        raise OutcomeKnown
    row = ManualDisposition(
        alumnus_id=person.id,
        invitation_id=invitation_id,
        kind=told.kind,
        reason=reason,
        happened_on=told.happened_on if told.kind is ManualKind.DIED else None,
        created_by=actor,
        created_at=now,
    )
    session.add(row)
    _follow(session, person, zone)
    return row


def withdraw_outcome(
    session: Session, *, outcome: ManualDisposition, actor: str, now: datetime, zone: tzinfo
) -> None:
    """Take a word back; no-op when that was done before. The cases follow what still stands."""
    person = outcome.alumnus
    session.refresh(person, with_for_update=True)
    session.refresh(outcome)
    if outcome.withdrawn_at is None:
        outcome.withdrawn_at, outcome.withdrawn_by = now, actor
        _follow(session, person, zone)


def list_live(session: Session, *, person: Alumnus) -> Sequence[ManualDisposition]:
    """Return the words on a person that still stand."""
    return session.scalars(
        select(ManualDisposition)
        .where(ManualDisposition.alumnus_id == person.id, ManualDisposition.withdrawn_at.is_(None))
        .order_by(ManualDisposition.id)
    ).all()


def read_reason(text: str) -> str:
    """Return a reason as it is stored. Raises ReasonMissing, ReasonTooLong."""
    reason = " ".join(text.split())
    if not reason:
        raise ReasonMissing
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong(limit=LONGEST_REASON)
    return reason


def _follow(session: Session, person: Alumnus, zone: tzinfo) -> None:
    """Bring the person and their cases in line with the words that stand."""
    session.flush()
    live = list_live(session, person=person)
    of_person = next((row for row in live if row.invitation_id is None), None)
    by_phone = {row.invitation_id for row in live}
    person.ineligible_at = of_person.created_at if of_person else None
    cases = session.scalars(
        select(Invitation)
        .options(joinedload(Invitation.survey))
        .where(Invitation.alumnus_id == person.id)
    )
    for case in cases:
        code = _code_of(case, of_person, zone) if of_person else None
        is_field_code = code in {None, ManualCode.DIED_IN_FIELD}
        is_by_phone = case.id in by_phone and is_field_code
        case.manual_code = ManualCode.ANSWERED_BY_PHONE if is_by_phone else code
    session.flush()


def _code_of(case: Invitation, word: ManualDisposition, zone: tzinfo) -> ManualCode | None:
    """Return what a word on the person makes of one case: nothing where the field was closed.

    A death without a date counts from the day on which the office heard of it.
    """
    if word.kind == ManualKind.NOT_A_GRADUATE:
        return ManualCode.NOT_A_GRADUATE
    died_on = word.happened_on or word.created_at.astimezone(zone).date()
    if died_on < (case.mailed_at or case.created_at).astimezone(zone).date():
        return ManualCode.DIED_BEFORE
    is_after_field = died_on > case.survey.ends_at().astimezone(zone).date()
    return None if is_after_field else ManualCode.DIED_IN_FIELD
