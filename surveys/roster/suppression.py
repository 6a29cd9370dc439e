"""Who gets no more mail: taking a person's word for it, and taking it back.

Enters: a person. Leaves: rows that hold an HMAC of the address, never the address itself.
Who reads them before a mail goes out is `delivery.suppressed`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Alumnus, Invitation, Suppression, SuppressionReason, Survey
from surveys.database import changed_count
from surveys.delivery.suppressed import find_suppressed
from surveys.errors import N_, DonutError
from surveys.tokens import Keys, hash_address


class NoteMissing(DonutError):
    """A person's own opt-out is lifted without saying why."""

    code: ClassVar[str] = "note_missing"
    message: ClassVar[str] = N_(
        "This person, or somebody with the same mailbox, said that they want no mail. Write when"
        " and how they took it back."
    )


class LaidByOthers(DonutError):
    """Somebody else stopped the mail: the person, or staff."""

    code: ClassVar[str] = "laid_by_others"
    status: ClassVar[int] = 409
    message: ClassVar[str] = N_(
        "The person said no themselves, or staff stopped their mail; that stays theirs to take"
        " back."
    )


@dataclass(frozen=True)
class Word:
    """Whose word it is, as the audit trail names them, and their note. Empty: the person's own."""

    by: str | None = None
    note: str | None = None


OWN = Word()
# What people said themselves, by our link or by their mail program's button.
OWN_WORDS = (SuppressionReason.UNSUBSCRIBED, SuppressionReason.COMPLAINED)


def suppress(
    session: Session,
    *,
    alumnus: Alumnus,
    keys: Keys,
    reason: SuppressionReason,
    now: datetime,
    word: Word = OWN,
) -> bool:
    """Stop all mail to this person and to their present address; False when that was done already.

    What staff had laid on them becomes the person's own word once they say it themselves. Safe when
    two requests do it at the same moment: the unique index of live rows decides.
    """
    own = Suppression.alumnus_id == alumnus.id, Suppression.lifted_at.is_(None)
    if session.scalar(select(Suppression.id).where(*own).limit(1)) is not None:
        if reason in OWN_WORDS:
            session.execute(update(Suppression).where(*own).values(reason=reason))
        return False
    row = {
        "address_hash": hash_address(keys.hash[0], _address(alumnus)),
        "alumnus_id": alumnus.id,
        "reason": reason,
        "note": word.note,
        "created_by": word.by,
        "created_at": now,
    }
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if is_postgresql else sqlite.insert
    laid = session.execute(
        insert(Suppression).values(row).on_conflict_do_nothing(),
        execution_options={"preserve_rowcount": True},
    )
    return changed_count(laid) == 1


def lift(
    session: Session, *, alumnus: Alumnus, keys: Keys, now: datetime, word: Word = OWN
) -> None:
    """Let mail go to this person again; no-op when nothing stops it.

    Lifts what was laid on the person and on their address: whoever reads a shared mailbox
    decides for it.
    """
    session.execute(
        update(Suppression)
        .where(*_bearing_on(alumnus, keys))
        .values(lifted_at=now, lifted_by=word.by, lifted_note=word.note)
    )


def allow_again(
    session: Session, *, alumnus: Alumnus, keys: Keys, now: datetime, word: Word
) -> None:
    """Let mail go to this person again on a staff member's word, also in surveys that still run.

    Raises NoteMissing where the person, or another reader of their mailbox, had said no themselves
    and `word` doesn't say why.
    """
    said_no = select(Suppression.id).where(
        *_bearing_on(alumnus, keys), Suppression.reason.in_(OWN_WORDS)
    )
    if not word.note and session.scalar(said_no.limit(1)) is not None:
        raise NoteMissing
    lift(session, alumnus=alumnus, keys=keys, now=now, word=word)
    for case in session.scalars(
        select(Invitation)
        .join(Survey, Survey.id == Invitation.survey_id)
        .where(
            Invitation.alumnus_id == alumnus.id,
            Invitation.declined_at.is_not(None),
            Survey.closes_at > now,
            or_(Survey.closed_at.is_(None), Survey.closed_at > now),
        )
    ):
        case.declined_at = None
    session.flush()


def lift_own(
    session: Session,
    *,
    alumnus: Alumnus,
    keys: Keys,
    reason: SuppressionReason,
    now: datetime,
    word: Word,
) -> bool:
    """Take back what was laid on this very person for `reason`; False when nothing was.

    What another reader of the same mailbox had said stays. Raises LaidByOthers where somebody's own
    word stops the mail, too: that isn't theirs to lift. A bounce is nobody's word.
    """
    of_this_world = select(Alumnus.id).where(Alumnus.is_demo.is_(alumnus.is_demo))
    bearing = select(Suppression.reason).where(
        *_bearing_on(alumnus, keys),
        or_(Suppression.alumnus_id.is_(None), Suppression.alumnus_id.in_(of_this_world)),
    )
    if set(session.scalars(bearing)) - {reason, SuppressionReason.BOUNCED}:
        raise LaidByOthers
    lifted = session.execute(
        update(Suppression)
        .where(
            Suppression.lifted_at.is_(None),
            Suppression.alumnus_id == alumnus.id,
            Suppression.reason == reason,
        )
        .values(lifted_at=now, lifted_by=word.by, lifted_note=word.note)
    )
    return changed_count(lifted) > 0


def list_live(
    session: Session, *, is_demo: bool, after_id: int, limit: int
) -> Sequence[tuple[Suppression, Alumnus]]:
    """Return up to `limit` stops in force on people of this world, those laid first first."""
    rows = session.execute(
        select(Suppression, Alumnus)
        .join(Alumnus, Alumnus.id == Suppression.alumnus_id)
        .where(
            Alumnus.is_demo == is_demo,
            Alumnus.erased_at.is_(None),
            Suppression.lifted_at.is_(None),
            Suppression.id > after_id,
        )
        .order_by(Suppression.id)
        .limit(limit)
    )
    return [(stop, person) for stop, person in rows]


def list_stops(session: Session, *, alumnus: Alumnus) -> Sequence[Suppression]:
    """Return what was ever laid on this person, the newest first."""
    return session.scalars(
        select(Suppression)
        .where(Suppression.alumnus_id == alumnus.id)
        .order_by(Suppression.created_at.desc(), Suppression.id.desc())
    ).all()


def is_suppressed(session: Session, *, alumnus: Alumnus, keys: Keys) -> bool:
    """Tell whether this person, or the address they have now, gets no more mail."""
    return bool(find_suppressed(session, people=[(alumnus.id, alumnus.email)], keys=keys))


def _bearing_on(alumnus: Alumnus, keys: Keys) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of what is live of this person and of their address."""
    hashes = [hash_address(key, _address(alumnus)) for key in keys.hash]
    is_theirs = or_(Suppression.alumnus_id == alumnus.id, Suppression.address_hash.in_(hashes))
    return Suppression.lifted_at.is_(None), is_theirs


def _address(alumnus: Alumnus) -> str:
    """Return the address, or for a person without one a text that no address can be."""
    return alumnus.email or f"person:{alumnus.id}"
