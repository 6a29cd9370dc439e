"""What stands in the outbox against what the mail server took, by Message-ID."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Invitation, Message
from surveys.delivery.names import message_id
from surveys.settings import Settings


def ids_by_state(session: Session, settings: Settings) -> dict[str, set[str]]:
    """Return state → Message-IDs."""
    session.rollback()
    key = settings.keys().hash[0]
    found: dict[str, set[str]] = {}
    rows = session.execute(
        select(Message.id, Message.state, Invitation.public_id).join(Message.invitation)
    )
    for row in rows:
        named = message_id(key, row_id=row.id, public_id=row.public_id, domain="localhost")
        found.setdefault(row.state, set()).add(named)
    return found


def check_books(
    taken: Sequence[str], states: dict[str, set[str]], *, people: int, most_unknown: int
) -> None:
    """Assert that nobody has two mails, nobody is left out, and few are in doubt."""
    accepted = Counter(taken)
    sent, unknown = states.get("sent", set()), states.get("unknown", set())
    assert [name for name, count in accepted.items() if count > 1] == []
    assert states.keys() <= {"sent", "unknown"}
    assert len(sent | unknown) == people
    assert sent <= accepted.keys() <= sent | unknown
    assert len(unknown) <= most_unknown
