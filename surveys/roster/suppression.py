"""Who gets no more mail: taking a person's word for it, and taking it back.

Enters: a person. Leaves: rows that hold an HMAC of the address, never the address itself.
Who reads them before a mail goes out is `delivery.suppressed`.
"""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Alumnus, Suppression, SuppressionReason
from surveys.delivery.suppressed import find_suppressed
from surveys.tokens import Keys, hash_address


def suppress(
    session: Session,
    *,
    alumnus: Alumnus,
    keys: Keys,
    reason: SuppressionReason,
    now: datetime,
) -> None:
    """Stop all mail to this person and to their present address; no-op when they did already.

    Safe when two requests do it at the same moment: the unique index of live rows decides.
    """
    own = select(Suppression.id).where(
        Suppression.alumnus_id == alumnus.id, Suppression.lifted_at.is_(None)
    )
    if session.scalar(own.limit(1)) is not None:
        return
    row = {
        "address_hash": hash_address(keys.hash[0], _address(alumnus)),
        "alumnus_id": alumnus.id,
        "reason": reason,
        "created_at": now,
    }
    if session.get_bind().dialect.name == "postgresql":
        session.execute(postgresql.insert(Suppression).values(row).on_conflict_do_nothing())
    else:
        session.execute(sqlite.insert(Suppression).values(row).on_conflict_do_nothing())


def lift(session: Session, *, alumnus: Alumnus, keys: Keys, now: datetime) -> None:
    """Let mail go to this person again; no-op when nothing stops it.

    Lifts what was laid on the person and on their address: whoever reads a shared mailbox
    decides for it.
    """
    hashes = [hash_address(key, _address(alumnus)) for key in keys.hash]
    session.execute(
        update(Suppression)
        .where(
            Suppression.lifted_at.is_(None),
            or_(Suppression.alumnus_id == alumnus.id, Suppression.address_hash.in_(hashes)),
        )
        .values(lifted_at=now)
    )


def is_suppressed(session: Session, *, alumnus: Alumnus, keys: Keys) -> bool:
    """Tell whether this person, or the address they have now, gets no more mail."""
    return bool(find_suppressed(session, people=[(alumnus.id, alumnus.email)], keys=keys))


def _address(alumnus: Alumnus) -> str:
    """Return the address, or for a person without one a text that no address can be."""
    return alumnus.email or f"person:{alumnus.id}"
