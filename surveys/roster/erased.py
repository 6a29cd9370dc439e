"""Who was erased and must not come back: HMACs of the key and of the address.

They stand in the suppression list under labels that no address can have, so that the other
reader of a shared mailbox is not suppressed by them.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Suppression, SuppressionReason
from surveys.tokens import Keys, hash_address


def hash_traces(key: bytes, *, external_id: str, email: str | None, is_demo: bool) -> Sequence[str]:
    """Return what an erased person leaves behind: the hash of the key, and of the address."""
    world = "demo" if is_demo else "real"
    traces = [f"erased:{world}:key:{external_id}"]
    if email is not None:
        traces.append(f"erased:{world}:email:{email}")
    return [hash_address(key, trace) for trace in traces]


class ErasedPeople:
    """The erased, asked person by person; empty for most offices, and then free of cost."""

    def __init__(self, session: Session, *, keys: Keys, is_demo: bool) -> None:
        self.keys = keys
        self.is_demo = is_demo
        self.look_again(session)

    def look_again(self, session: Session) -> None:
        """Read who is erased by now: an import runs for long, and a right waits for no file."""
        self.hashes = set(
            session.scalars(
                select(Suppression.address_hash).where(
                    Suppression.reason == SuppressionReason.ERASED,
                    Suppression.lifted_at.is_(None),
                )
            )
        )

    def holds(self, external_id: str, email: str | None) -> bool:
        """Tell whether this key or this address belonged to somebody who was erased."""
        return bool(self.hashes) and any(
            trace in self.hashes
            for key in self.keys.hash
            for trace in hash_traces(
                key, external_id=external_id, email=email, is_demo=self.is_demo
            )
        )
